begin;
\ir ../fixtures.psql
select plan(9);

select pg_temp.is_for_service_role('public.ingest_bars');
create function pg_temp.upload(p_bars jsonb) returns jsonb language sql as $$
  select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', p_bars)
$$;
select is(pg_temp.upload('[["2020-01-02", 1, 3, 1, 2, 100], ["2020-01-03", 2, 4, 2, 3, null]]') - 'stored_at',
  '{"symbol": "TEST", "timeframe": "1D", "given": 2, "inserted": 2, "changed": 0, "deleted": 0, "adjustment": "raw", "stored": 2,
    "first": "2020-01-02T00:00:00+00:00", "last": "2020-01-03T00:00:00+00:00"}', 'it answers what became of the bars');
select results_eq(
  $$ select b.bar_time, b.open, b.high, b.low, b.close, b.volume, b.provider, b.feed, b.adjustment from public.bars b
     join public.symbols s on s.id = b.symbol_id where s.symbol = 'TEST' order by b.bar_time limit 1 $$,
  $$ values ('2020-01-02Z'::timestamptz, 1::double precision, 3::double precision, 1::double precision, 2::double precision,
     100::double precision, 'csv', 'file', 'raw') $$, 'with prices and source');
select results_eq($$ select active, horizons from public.symbols where symbol = 'TEST' $$, $$ values (true, array['1D']) $$,
  'a new symbol is registered');
update public.bars set ingested_at = now() - interval '1 day';
select is(pg_temp.upload('[["2020-01-02", 1, 3, 1, 2, 100], ["2020-01-03", 2, 4, 2, 3, null]]') - array['first', 'last', 'symbol', 'timeframe', 'adjustment'],
  jsonb_build_object('given', 2, 'inserted', 0, 'changed', 0, 'deleted', 0, 'stored', 2, 'stored_at', now() - interval '1 day'), 'repeating it changes nothing');
select is(pg_temp.upload('[["2020-01-06", 3, 5, 3, 4, 100]]') ->> 'stored', '3', 'new bars are added');
select is(pg_temp.upload('[["2020-01-01", 3, 5, 3, 4, 100], ["2020-01-06", 3, 5, 3, 4, 100]]') ->> 'inserted', '1', 'wherever they lie');
select is(pg_temp.upload('[["2020-01-01", 30, 50, 30, 40, 1], ["2020-01-02", 10, 30, 10, 20, 1], ["2020-01-03", 20, 40, 20, 30, 1],
  ["2020-01-06", 3, 5, 3, 4, 100]]') - array['first', 'last', 'symbol', 'timeframe', 'stored_at', 'adjustment'],
  '{"given": 4, "inserted": 0, "changed": 3, "deleted": 0, "stored": 4}', 'a restated series is taken that holds every stored bar');
select is(array_agg(b.close order by b.bar_time), array[40, 20, 30, 4]::double precision[], 'in place of the stored one')
from public.bars b join public.symbols s on s.id = b.symbol_id where s.symbol = 'TEST';

select * from finish();
rollback;
