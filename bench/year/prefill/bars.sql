-- The bars of the symbols FIRST to LAST before the first session, as one upload of each left them.
insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment, ingested_at)
select s.symbol_id, b.horizon, b.bar_time, x.open, greatest(x.open, x.close) * 1.004, least(x.open, x.close) * 0.996, x.close, 1000000 + b.n,
  'alpaca', 'iex', 'all', b.stored_at
from simulated.subject s
cross join simulated.bar b
cross join lateral (
  select simulated.price(s.place, b.n) as close, simulated.price(s.place, b.n - 1) as open
) x
where s.place between FIRST and LAST and b.place < 0 and b.horizon <> '8h'
order by s.symbol_id, b.horizon, b.bar_time;

-- As internal.derive_eight_hour_bars makes them, so that it finds nothing to change.
insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment, ingested_at)
select h.symbol_id, '8h', h.bar_time, case when h.after_noon then h.before_open else h.open end,
  case when h.after_noon then greatest(h.before_high, h.high) else h.high end, case when h.after_noon then least(h.before_low, h.low) else h.low end,
  h.close, case when h.after_noon then h.before_volume + h.volume else h.volume end, h.provider, h.feed, h.adjustment, h.ingested_at
from (
  select b.*, lag((b.bar_time at time zone 'America/New_York')::time = '13:30') over w as after_noon, lag(b.open) over w as before_open,
    lag(b.high) over w as before_high, lag(b.low) over w as before_low, lag(b.volume) over w as before_volume
  from simulated.subject s
  join public.bars b on b.symbol_id = s.symbol_id and b.timeframe = '4h'
  where s.place between FIRST and LAST
  window w as (partition by b.symbol_id order by b.bar_time)
) h
where (h.bar_time at time zone 'America/New_York')::time = '09:30'
  and exists (select from simulated.bar b where b.horizon = '8h' and b.bar_time = h.bar_time and b.place < 0)
order by h.symbol_id, h.bar_time;
