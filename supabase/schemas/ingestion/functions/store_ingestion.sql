create or replace function internal.store_ingestion(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_symbol text := p_job.payload ->> 'symbol';
  v_timeframe text := p_job.payload ->> 'timeframe';
  v_source jsonb := p_job.payload -> 'source';
  v_whole boolean := (p_result ->> 'whole')::boolean;
  v_symbol_id bigint;
  v_calendar text;
  v_lacking text;
  v_stored jsonb;
  v_gaps integer;
begin
  select s.id, s.calendar into strict v_symbol_id, v_calendar from public.symbols s where s.symbol = v_symbol for update;
  if v_whole then
    v_lacking := internal.lacking_bars(v_symbol_id, v_timeframe, array(
      select (i.value ->> 0)::timestamptz from jsonb_array_elements(p_result -> 'bars') i));
    if v_lacking is not null then
      perform internal.refuse(409, 'restated_history', format(
        'The whole series that %s gave of %s %s lacks %s: nothing was stored. A restated series must hold every stored bar; where they were never true, '
        'forget_series makes room for the new series', v_source ->> 'provider', v_symbol, v_timeframe, v_lacking));
    end if;
  end if;

  v_stored := public.ingest_bars(v_symbol, v_timeframe, v_source ->> 'provider', v_source ->> 'feed',
    v_source ->> 'adjustment', p_result -> 'bars');

  -- What lies between stored bars the bars' trigger knows. Beyond them the provider was asked anew, and is known anew.
  delete from public.bar_gaps g
  using public.bar_series b
  where g.symbol_id = v_symbol_id and g.timeframe = v_timeframe and g.bar_time >= (p_result ->> 'from')::timestamptz
    and b.symbol_id = g.symbol_id and b.timeframe = g.timeframe and g.bar_time not between b.first_bar_time and b.last_bar_time;
  insert into public.bar_gaps as g (symbol_id, timeframe, bar_time, reason, message)
  select v_symbol_id, v_timeframe, n.bar_time, n.reason, n.message
  from (
    select (x.value ->> 'time')::timestamptz as bar_time, x.value ->> 'reason' as reason, x.value ->> 'message' as message
    from jsonb_array_elements(p_result -> 'gaps') x
  ) n
  where not exists (
    select from public.bars b
    where b.symbol_id = v_symbol_id and b.timeframe = v_timeframe and b.bar_time = n.bar_time)
    -- The worker may not have known what was announced since.
    and exists (
      select from internal.expected_bars(v_calendar, v_timeframe, (n.bar_time at time zone 'UTC')::date, (n.bar_time at time zone 'UTC')::date) e
      where e.bar_time = n.bar_time)
  on conflict (symbol_id, timeframe, bar_time) do update
    set reason = excluded.reason, message = excluded.message, noticed_at = excluded.noticed_at;
  get diagnostics v_gaps = row_count;

  return v_stored || jsonb_build_object(
    'whole', v_whole, 'requests', p_result -> 'requests', 'gaps', v_gaps);
end
$$;
comment on function internal.store_ingestion(public.jobs, jsonb) is
  'Stores what an ingest job fetched: bars, and the gaps from `from` on. A series fetched whole (`whole`) may lack no stored bar '
  '(restated_history). Raises what ingest_bars raises; the source is the one the job was planned with.';
revoke execute on function internal.store_ingestion(public.jobs, jsonb) from public;
