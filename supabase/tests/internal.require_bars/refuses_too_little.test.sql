begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.require_bars');
select pg_temp.use_bars(99);
select pg_temp.is_refused($$ select internal.require_bars('TEST', '1D', 99) $$, 422, 'too_few_bars', 'too few bars are refused');
delete from public.bars;
select pg_temp.use_bars(100);
select lives_ok($$ select internal.require_bars('TEST', '1D', 100) $$, 'enough are not');
update public.settings set value = '{"8h": {"train": 80, "validation": 20, "test": 20, "step": 20}}' where name = 'window_sizes';
insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
select s.id, '8h', (d.day + time '09:30') at time zone 'America/New_York', 1, 1, 1, 1, 'csv', 'file', 'raw'
from public.symbols s cross join generate_series(timestamp '2019-08-01', timestamp '2019-12-24', '1 day') d(day) where s.symbol = 'TEST';
select pg_temp.is_refused($$ select internal.require_bars('TEST', '8h', 146) $$, 422, 'no_eight_hours_ahead', 'nor is 8h issued from a half day');

select * from finish();
rollback;
