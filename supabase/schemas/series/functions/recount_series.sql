create or replace function internal.recount_series(p_symbol_id bigint, p_timeframe text, p_is_restated boolean) returns void
language plpgsql set search_path = ''
as $$
declare
  -- Not now(): a transaction that began earlier may have waited, and what others stored meanwhile, of the bars before, is older than this.
  v_at constant timestamptz := clock_timestamp();
begin
  insert into public.bar_series as s (
    symbol_id, timeframe, bars, first_bar_time, last_bar_time, stored_at, provider, feed, adjustment, restated_at)
  select p_symbol_id, p_timeframe, count(*), min(b.bar_time), max(b.bar_time), max(b.ingested_at), max(b.provider), max(b.feed),
    max(b.adjustment), min(b.ingested_at)
  from public.bars b
  where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe
  having count(*) > 0
  on conflict (symbol_id, timeframe) do update set
    bars = excluded.bars, first_bar_time = excluded.first_bar_time, last_bar_time = excluded.last_bar_time, provider = excluded.provider,
    feed = excluded.feed, adjustment = excluded.adjustment,
    restated_at = case when p_is_restated then greatest(v_at, s.restated_at + interval '1 microsecond')
      when s.restated_to is null then excluded.restated_at else s.restated_at end,
    restated_to = case when p_is_restated then excluded.last_bar_time else s.restated_to end,
    stored_at = case when p_is_restated then greatest(v_at, s.restated_at + interval '1 microsecond', excluded.stored_at)
      when s.restated_to is not null then greatest(s.restated_at, excluded.stored_at)
      else excluded.stored_at end;
  if not found then
    delete from public.bar_series s where s.symbol_id = p_symbol_id and s.timeframe = p_timeframe;
  end if;
end
$$;
comment on function internal.recount_series(bigint, text, boolean) is
  'Counts a series of bar_series anew from its bars; with p_is_restated a stored bar changed or went, or one came between them. A series without bars has no row.';
revoke execute on function internal.recount_series(bigint, text, boolean) from public;
