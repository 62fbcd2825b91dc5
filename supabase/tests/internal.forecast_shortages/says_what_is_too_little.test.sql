begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.forecast_shortages');
create function pg_temp.shortage() returns text language sql as $$
  select f.code || ': ' || f.message from internal.forecast_shortages(array(select s.id from public.symbols s where s.symbol = 'TEST'), '1D') f
$$;
select pg_temp.use_bars(99);
select is(pg_temp.shortage(), 'too_few_bars: TEST has 99 bars for 1D; a forecast needs 100 (train 80, validation 20)', 'bars');
delete from public.bars;
select pg_temp.use_bars(100);
select is(pg_temp.shortage(), null, 'nothing when they are enough');
update public.settings set value = '{"1D": {"train": 50, "validation": 20, "test": 20, "step": 20}}' where name = 'window_sizes';
select alike(pg_temp.shortage(), 'too_few_bars: TEST 1D would be fitted on 70 bars%raise the setting window_sizes', 'the windows'' sizes');
delete from public.bars;
select pg_temp.use_bars(80);
select alike(pg_temp.shortage(), 'too_few_bars: TEST has 80 bars for 1D; a forecast needs 100 at least', 'either way 100 at least');

select is(count(*)::integer, 2, 'each symbol is judged by itself')
from internal.forecast_shortages(array(select s.id from public.symbols s where s.symbol in ('TEST', 'AAPL')), '1D');

-- Bars that are as dense as this come from a version that took clock bars.
delete from public.bars;
alter table public.bars drop constraint bars_half_sessions_start_with_one;
update public.settings set value = '{"4h": {"train": 80, "validation": 20, "test": 20, "step": 20}}' where name = 'window_sizes';
insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
select s.id, '4h', d.at, 1, 1, 1, 1, 'csv', 'file', 'raw'
from public.symbols s cross join generate_series('2020-01-01Z'::timestamptz, '2020-01-29Z', '4 hours') d(at) where s.symbol = 'TEST';
select is((select f.code from internal.forecast_shortages(array(select s.id from public.symbols s where s.symbol = 'TEST'), '4h') f),
  'too_short_span', 'or the days that they span');

select * from finish();
rollback;
