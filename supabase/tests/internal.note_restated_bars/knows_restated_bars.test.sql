begin;
\ir ../fixtures.psql
select plan(11);

select pg_temp.is_internal('internal.note_restated_bars');
select pg_temp.use_bars(5);
create function pg_temp.restated() returns text language sql as $$
  select format('%s, to %s', case when s.restated_at > now() then 'restated' else 'began' end, (s.restated_to at time zone 'UTC')::date)
  from public.bar_series s join public.symbols y on y.id = s.symbol_id where y.symbol = 'TEST' and s.timeframe = '1D'
$$;
create function pg_temp.add(p_date date) returns void language sql as $$
  insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
  select id, '1D', p_date::timestamp at time zone 'UTC', 1, 1, 1, 1, 'csv', 'file', 'raw' from public.symbols where symbol = 'TEST'
$$;
create function pg_temp.begin_again() returns void language sql as $$
  update public.bar_series set restated_at = now() - interval '1 hour', restated_to = null
$$;
select is(pg_temp.restated(), 'began, to ', 'a new series was not restated');
select is((select restated_at from public.bar_series), (select min(ingested_at) from public.bars), 'it began with its bars');
select pg_temp.add('2015-01-12');
select pg_temp.add('2014-12-31');
select is(pg_temp.restated(), 'began, to ', 'nor was one that bars are added to, wherever they lie');
update public.bars set provider = 'other';
select is(pg_temp.restated(), 'began, to ', 'nor one of which something else is said than its prices');
update public.bars set volume = 7 where bar_time = '2015-01-06Z';
select is(pg_temp.restated(), 'restated, to 2015-01-12', 'but one of which a bar changes');
select pg_temp.begin_again();
update public.bars set bar_time = '2015-01-04Z' where bar_time = '2015-01-06Z';
select is(pg_temp.restated(), 'restated, to 2015-01-12', 'or moves to another date');
select pg_temp.begin_again();
delete from public.bars where bar_time = '2015-01-12Z';
select is(pg_temp.restated(), 'restated, to 2015-01-09', 'or goes');
create temporary table before as select restated_at, stored_at from public.bar_series;
delete from public.bars where bar_time = '2015-01-09Z';
select ok((select s.restated_at > b.restated_at and s.stored_at > b.stored_at from public.bar_series s, before b), 'each time is another one');
update public.bar_series set restated_at = now() + interval '1 day';
delete from public.bars where bar_time = '2015-01-08Z';
select is((select restated_at from public.bar_series), now() + interval '1 day 1 microsecond', 'even while the clock is set back');
delete from public.bars;
select pg_temp.add('2015-01-12');
select is(pg_temp.restated(), 'began, to ', 'a series that was forgotten begins anew');

select * from finish();
rollback;
