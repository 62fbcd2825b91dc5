begin;
\ir ../fixtures.psql
select plan(14);

select pg_temp.is_internal('internal.note_gaps');
create function pg_temp.gaps(p_timeframe text default '1D') returns text[] language sql as $$
  select coalesce(array_agg(to_char(g.bar_time at time zone 'UTC', case when p_timeframe = '1D' then 'MM-DD' else 'MM-DD HH24:MI' end) order by g.bar_time), '{}')
  from public.bar_gaps g join public.symbols s on s.id = g.symbol_id where s.symbol = 'TEST' and g.timeframe = p_timeframe
$$;
create function pg_temp.add(p_times text[], p_timeframe text default '1D') returns void language sql as $$
  insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
  select (pg_temp.use_symbol()).id, p_timeframe, (t || 'Z')::timestamptz, 1, 1, 1, 1, 'csv', 'file', 'raw' from unnest(p_times) t
$$;
create function pg_temp.remove(p_times text[]) returns void language sql as $$
  delete from public.bars b using public.symbols s
  where s.id = b.symbol_id and s.symbol = 'TEST' and b.bar_time = any (array(select (t || 'Z')::timestamptz from unnest(p_times) t))
$$;
-- 2015-01-19 was a holiday.
select pg_temp.add('{2015-01-12, 2015-01-14, 2015-01-16, 2015-01-20}');
select is(pg_temp.gaps(), '{01-13,01-15}', 'sessions without a bar between those that are there');
select is((select message from public.bar_gaps order by bar_time limit 1), 'TEST has no 1D bar of 2015-01-13, a session of XNYS', 'in words');
select pg_temp.add('{2015-01-13}');
select is(pg_temp.gaps(), '{01-15}', 'one that comes closes its gap');
select pg_temp.remove('{2015-01-13, 2015-01-14}');
select is(pg_temp.gaps(), '{01-13,01-14,01-15}', 'one that goes leaves one');
select pg_temp.add('{2015-01-23}');
select is(pg_temp.gaps(), '{01-13,01-14,01-15,01-21,01-22}', 'up to a bar that is added at the end');
select pg_temp.add('{2015-01-08}');
select is(pg_temp.gaps(), '{01-09,01-13,01-14,01-15,01-21,01-22}', 'and from one that is added before the first');
select pg_temp.remove('{2015-01-23, 2015-01-20, 2015-01-08}');
select is(pg_temp.gaps(), '{01-13,01-14,01-15}', 'what lies outside of a series is no gap of it');
update public.bars set bar_time = '2015-01-14Z' where bar_time = '2015-01-16Z';
select is(pg_temp.gaps(), '{01-13}', 'a date that is corrected');
update public.bar_gaps set reason = 'incomplete', message = 'half of it';
select pg_temp.add('{2015-01-16}');
select pg_temp.remove('{2015-01-14}');
select results_eq('select reason, message from public.bar_gaps order by bar_time', $$ values ('incomplete', 'half of it'),
  ('missing', 'TEST has no 1D bar of 2015-01-14, a session of XNYS'), ('missing', 'TEST has no 1D bar of 2015-01-15, a session of XNYS') $$,
  'what is known of one stays');
select public.forget_series('TEST', '1D');
select is(pg_temp.gaps(), '{}', 'a series that is forgotten has none');
-- A half day.
select pg_temp.add('{"2015-11-25 14:30", "2015-11-27 14:30", "2015-11-30 18:30", "2015-12-01 14:30"}', '4h');
select is(pg_temp.gaps('4h'), '{"11-25 18:30","11-30 14:30"}', 'of half sessions, too');
select pg_temp.add('{1992-12-30, 1993-01-06}');
select is(pg_temp.gaps(), '{01-04,01-05}', 'before the calendar begins nothing is missing');
select is(pg_temp.gaps('8h'), '{}', 'bars that are made of others have none of their own');

select * from finish();
rollback;
