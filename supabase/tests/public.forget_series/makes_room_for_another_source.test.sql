begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.forget_series');
select public.ingest_bars('TEST', '4h', 'csv', 'file', 'raw',
  '[["2020-01-02T14:30Z", 1, 3, 1, 2, 5], ["2020-01-02T18:30Z", 2, 4, 2, 3, 6], ["2020-01-03T14:30Z", 3, 6, 3, 5, 7]]');
select pg_temp.use_bars(3);
select is(public.forget_series('TEST', '4h'), 4::bigint, 'half sessions go with those of eight hours');
select is(array_agg(distinct b.timeframe), array['1D'], 'and nothing else')
from public.bars b join public.symbols s on s.id = b.symbol_id where s.symbol = 'TEST';
select pg_temp.is_refused($$ select public.forget_series('NONE', '1D') $$, 404, 'unknown_symbol', 'no such symbol');
select pg_temp.is_refused($$ select public.forget_series('TEST', '8h') $$, 400, 'invalid_timeframe', 'no such series');

select * from finish();
rollback;
