create or replace function internal.derive_eight_hour_bars(p_symbol_id bigint) returns void
language plpgsql set search_path = ''
as $$
begin
  -- A bar ends with every first half and holds the half sessions since the first half before it.
  create temporary table derived on commit drop as
  with halves as (
    select b.*, (b.bar_time at time zone 'America/New_York')::time = '09:30' as is_first
    from public.bars b where b.symbol_id = p_symbol_id and b.timeframe = '4h'
  ), numbered as (
    select h.*, count(*) filter (where h.is_first) over (
      order by h.bar_time rows between unbounded preceding and 1 preceding) as bar
    from halves h
  )
  select max(n.bar_time) as bar_time,
    (array_agg(n.open order by n.bar_time))[1] as open, max(n.high) as high, min(n.low) as low,
    (array_agg(n.close order by n.bar_time desc))[1] as close,
    case when count(n.volume) = count(*) then sum(n.volume order by n.bar_time) end as volume,
    max(n.provider) as provider, max(n.feed) as feed, max(n.adjustment) as adjustment
  from numbered n
  group by n.bar
  having bool_or(n.is_first) and (n.bar > 0 or count(*) > 1);

  delete from public.bars b
  where b.symbol_id = p_symbol_id and b.timeframe = '8h'
    and not exists (select from pg_temp.derived d where d.bar_time = b.bar_time);

  insert into public.bars as b (
    symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment)
  select p_symbol_id, '8h', d.bar_time, d.open, d.high, d.low, d.close, d.volume, d.provider, d.feed, d.adjustment
  from pg_temp.derived d
  on conflict (symbol_id, timeframe, bar_time) do update
    set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume,
      provider = excluded.provider, feed = excluded.feed, adjustment = excluded.adjustment, ingested_at = now()
    where (b.open, b.high, b.low, b.close, b.volume, b.provider, b.feed, b.adjustment) is distinct from (
      excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume, excluded.provider, excluded.feed,
      excluded.adjustment);
  drop table pg_temp.derived;
end
$$;
comment on function internal.derive_eight_hour_bars(bigint) is
  'Makes a symbol''s bars of 8h from its bars of 4h as they are now: a bar ends with every first half and holds the half sessions '
  'since the first half before it; the first bar needs an afternoon. Bars that did not change keep their ingested_at. '
  'Twin: eightHourSeries (src/shared/series/eight-hour-bars.ts), compared in test/end-to-end/half-sessions.test.ts.';
revoke execute on function internal.derive_eight_hour_bars(bigint) from public;
