begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.read_series');
select pg_temp.use_bars(3);
select is(public.read_series('TEST', '1D'), '{"symbol": "TEST", "timeframe": "1D",
  "times": ["2015-01-05", "2015-01-06", "2015-01-07"], "open": [100, 101, 102], "high": [101, 102, 103], "low": [99, 100, 101],
  "close": [100, 101, 102], "volume": [1000, 1000, 1000]}', 'one list a column, oldest first');
select is(public.read_series('TEST', '1D', 1, 1) -> 'close', '[101]', 'from an ordinal on, as many as asked');
select is(public.read_series('NONE', '1D') -> 'close', '[]', 'empty lists for a symbol without bars');
insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
select id, '4h', '2020-01-02T14:30Z', 1, 1, 1, 1, 'csv', 'file', 'raw' from public.symbols where symbol = 'TEST';
select is(public.read_series('TEST', '4h') -> 'times', '["2020-01-02T14:30:00Z"]', 'half sessions with their start in UTC');

select * from finish();
rollback;
