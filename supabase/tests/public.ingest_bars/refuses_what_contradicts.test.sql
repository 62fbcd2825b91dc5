begin;
\ir ../fixtures.psql
select plan(8);

select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', '[["2020-01-02", 1, 3, 1, 2, 1], ["2020-01-03", 2, 4, 2, 3, 1]]');
select pg_temp.is_refused($$ select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', '[]') $$, 400, 'no_bars', 'no bars');
select pg_temp.is_refused($$ select public.ingest_bars('TEST', '8h', 'csv', 'file', 'raw', '[["2020-01-02", 1, 3, 1, 2, 1]]') $$,
  400, 'derived_timeframe', 'bars that are made from others');
select pg_temp.is_refused($$ select public.ingest_bars('TEST', '1D', 'csv', 'file', 'all', '[["2020-01-06", 1, 3, 1, 2, 1]]') $$,
  409, 'mixed_sources', 'another adjustment');
select pg_temp.is_refused($$ select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', '[["2020-01-03", 4, 8, 4, 6, 1]]') $$,
  409, 'restated_history', 'a piece of a restated series');
select throws_ok($$ select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', '[["2020-01-06", 1, 3, 1, 4, 1]]') $$,
  '23514', null, 'a close above the high');
select throws_ok($$ select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', '[["2020-01-06", 1, "NaN", 1, 1, 1]]') $$,
  '23514', null, 'a price that is no number');
select throws_ok($$ select public.ingest_bars('NEW', '1D', 'csv', 'file', 'raw', '[["2020-01-06T10:00Z", 1, 3, 1, 2, 1]]') $$,
  '23514', null, 'a day that begins at ten');
select is(count(*)::integer, 2, 'nothing of it is stored')
from public.bars b join public.symbols s on s.id = b.symbol_id where s.symbol in ('TEST', 'NEW');

select * from finish();
rollback;
