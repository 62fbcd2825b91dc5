begin;
\ir ../fixtures.psql
select plan(10);

select pg_temp.is_internal('internal.note_bars');
create function pg_temp.series() returns setof text language sql as $$
  select format('%s %s: %s, %s to %s, stored %s ago', s.symbol, b.timeframe, b.bars, (b.first_bar_time at time zone 'UTC')::date,
    (b.last_bar_time at time zone 'UTC')::date, date_trunc('minute', now() - b.stored_at + interval '30 seconds'))
  from public.bar_series b join public.symbols s on s.id = b.symbol_id
  where s.symbol in ('TEST', 'OTHER') order by 1
$$;
select pg_temp.use_bars(5);
select pg_temp.use_bars(3, 'OTHER');
select results_eq('select pg_temp.series()', $$ values ('OTHER 1D: 3, 2015-01-05 to 2015-01-07, stored 00:01:00 ago'),
  ('TEST 1D: 5, 2015-01-05 to 2015-01-09, stored 00:01:00 ago') $$, 'by symbol');
update public.bars set ingested_at = now() where bar_time = pg_temp.bar_time(1);
select is(array(select pg_temp.series()), array['OTHER 1D: 3, 2015-01-05 to 2015-01-07, stored 00:00:00 ago',
  'TEST 1D: 5, 2015-01-05 to 2015-01-09, stored 00:00:00 ago'], 'restated bars are stored anew');
delete from public.bars b using public.symbols s where s.id = b.symbol_id and s.symbol = 'TEST' and b.bar_time <= '2015-01-06Z';
select is(array(select pg_temp.series()), array['OTHER 1D: 3, 2015-01-05 to 2015-01-07, stored 00:00:00 ago',
  'TEST 1D: 3, 2015-01-07 to 2015-01-09, stored 00:00:00 ago'], 'deleted bars do not count, and change it now');
delete from public.bars b using public.symbols s where s.id = b.symbol_id and s.symbol = 'OTHER';
select is(array(select pg_temp.series()), array['TEST 1D: 3, 2015-01-07 to 2015-01-09, stored 00:00:00 ago'], 'a series without bars has no row');
insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment, ingested_at)
select id, '1D', '2015-01-12Z', 1, 1, 1, 1, 'csv', 'file', 'raw', now() - interval '2 minutes' from public.symbols where symbol = 'TEST';
select is(array(select pg_temp.series()), array['TEST 1D: 4, 2015-01-07 to 2015-01-12, stored 00:00:00 ago'], 'bars at the end are counted on');
update public.bar_series set restated_at = '2015-02-01Z', restated_to = '2015-01-12Z';
select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', '[["2015-01-02", 1, 1, 1, 1, 1], ["2015-01-14", 1, 1, 1, 1, 1]]');
select is((select restated_at from public.bar_series), '2015-02-01Z', 'bars before and after the others restate nothing');
select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', '[["2015-01-13", 1, 1, 1, 1, 1]]');
select is((select array[restated_at >= now(), restated_to = '2015-01-14Z'] from public.bar_series), '{true,true}', 'one between them restates the series');
delete from public.bars where bar_time in ('2015-01-02Z', '2015-01-13Z', '2015-01-14Z');
select public.ingest_bars('TEST', '4h', 'csv', 'file', 'raw', '[["2015-01-05T14:30:00Z", 1, 1, 1, 1, 1], ["2015-01-05T18:30:00Z", 1, 1, 1, 1, 1],
  ["2015-01-06T14:30:00Z", 1, 1, 1, 1, 1], ["2015-01-06T18:30:00Z", 1, 1, 1, 1, 1]]');
select is(array(select pg_temp.series()), array['TEST 1D: 4, 2015-01-07 to 2015-01-12, stored 00:00:00 ago',
  'TEST 4h: 4, 2015-01-05 to 2015-01-06, stored 00:00:00 ago', 'TEST 8h: 1, 2015-01-06 to 2015-01-06, stored 00:00:00 ago'],
  'timeframes are counted apart, derived ones too');
select is_empty($$
  (select b.symbol_id, b.timeframe, count(*), min(b.bar_time), max(b.bar_time), max(b.provider), max(b.feed), max(b.adjustment)
   from public.bars b group by 1, 2)
  except select s.symbol_id, s.timeframe, s.bars, s.first_bar_time, s.last_bar_time, s.provider, s.feed, s.adjustment
  from public.bar_series s $$, 'as the bars themselves say');

select * from finish();
rollback;
