begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.derive_eight_hour_bars');
select pg_temp.use_symbol();
create function pg_temp.half(p_time timestamptz, p_open integer) returns void language sql as $$
  insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment, ingested_at)
  select s.id, '4h', p_time, p_open, p_open + 2, p_open - 1, p_open + 1, 10, 'csv', 'file', 'raw', now() - interval '1 day'
  from public.symbols s where s.symbol = 'TEST'
$$;
create function pg_temp.derived() returns table (bar_time text, open integer, high integer, low integer, close integer, volume integer)
language sql as $$
  select internal.derive_eight_hour_bars(s.id) from public.symbols s where s.symbol = 'TEST';
  select to_char(b.bar_time at time zone 'America/New_York', 'MM-DD HH24:MI'), b.open, b.high, b.low, b.close, b.volume
  from public.bars b join public.symbols s on s.id = b.symbol_id where s.symbol = 'TEST' and b.timeframe = '8h' order by b.bar_time
$$;
-- A winter's Thursday, its Friday, and Monday in summer time.
select pg_temp.half('2020-03-05T14:30Z', 10), pg_temp.half('2020-03-05T18:30Z', 20), pg_temp.half('2020-03-06T14:30Z', 30),
  pg_temp.half('2020-03-06T18:30Z', 40);
select results_eq('select * from pg_temp.derived()', $$ values ('03-06 09:30', 20, 32, 19, 31, 20) $$,
  'a bar ends with a first half and begins with the half before; the first needs an afternoon');
select pg_temp.half('2020-03-09T13:30Z', 50);
update public.bars set ingested_at = now() - interval '1 day' where timeframe = '8h';
select results_eq('select * from pg_temp.derived()', $$ values ('03-06 09:30', 20, 32, 19, 31, 20), ('03-09 09:30', 40, 52, 39, 51, 20) $$,
  'in New York''s time, over the weekend');
select is(array_agg(b.ingested_at = now() order by b.bar_time), array[false, true], 'what did not change keeps its time')
from public.bars b join public.symbols s on s.id = b.symbol_id where s.symbol = 'TEST' and b.timeframe = '8h';
delete from public.bars where timeframe = '4h' and bar_time = '2020-03-06T14:30Z';
select results_eq('select * from pg_temp.derived()', $$ values ('03-09 09:30', 20, 52, 19, 51, 30) $$, 'a half that is gone takes its bar along');

select * from finish();
rollback;
