create or replace function public.plan_ingestion(p_key text, p_date date default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_setting jsonb := internal.setting('market_data');
  v_provider text := v_setting ->> 'provider';
  v_source jsonb := jsonb_build_object(
    'provider', v_provider, 'feed', coalesce(v_setting ->> 'feed', 'eod'), 'adjustment', v_setting ->> 'adjustment');
  v_key text := 'ingestion:' || p_key;
  v_closed text := case when p_date is not null then internal.closed_because(p_date) end;
  v_left_out jsonb;
  v_planned integer;
  v_run_id uuid;
begin
  if coalesce(p_key, '') = '' then
    perform internal.refuse(400, 'missing_key', 'An ingestion is planned under a key, such as its date and slot');
  end if;
  if v_provider = 'csv' then
    return jsonb_build_object('planned', 0, 'run_id', null, 'left_out', '[]'::jsonb,
      'reason', 'market_data is csv: bars are uploaded, and there is nobody to ask for them');
  end if;
  -- Two ticks at once would both see nothing planned.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_ingestion'));
  if exists (select from internal.settled_runs(array[v_key])) then
    return jsonb_build_object('planned', 0, 'run_id', null, 'left_out', '[]'::jsonb,
      'reason', format('there is a run with the key %s already', v_key));
  end if;

  create temporary table wanted on commit drop as
  select s.id, s.symbol, t.timeframe,
    case
      when t.timeframe = '4h' and v_provider = 'tiingo' then 'tiingo has daily bars only'
      when exists (
        select from public.bar_series b where b.symbol_id = s.id and b.timeframe = t.timeframe and b.provider = 'csv')
        then 'its bars were uploaded (csv), and sources are never mixed'
      when s.calendar <> 'XNYS' then format('its calendar is %s, and %s is asked for New York''s sessions only: upload its bars', s.calendar, v_provider)
    end as left_out
  from public.symbols s
  cross join lateral (
    select distinct case when h.horizon = '8h' then '4h' else h.horizon end as timeframe from unnest(s.horizons) h(horizon)
  ) t
  where s.active and v_closed is null;
  select coalesce(jsonb_agg(
      jsonb_build_object('symbol', w.symbol, 'timeframe', w.timeframe, 'reason', w.left_out) order by w.id, w.timeframe)
      filter (where w.left_out is not null), '[]'),
    count(*) filter (where w.left_out is null)
  into v_left_out, v_planned
  from pg_temp.wanted w;

  if v_planned > 0 then
    insert into public.runs (kind, idempotency_key, requested_via, params, jobs_total)
    values ('ingestion', v_key, 'schedule', jsonb_build_object('market_data', v_setting), v_planned)
    returning id into v_run_id;
    -- More attempts than other jobs have: with their backoff they outlast a provider's bad ten minutes.
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority, max_attempts)
    select v_run_id, 'ingest', format('%s:ingest:%s:%s', v_run_id, w.symbol, w.timeframe),
      jsonb_build_object('symbol', w.symbol, 'timeframe', w.timeframe, 'source', v_source,
        'first_date', v_setting ->> 'first_date'), 20, 8
    from pg_temp.wanted w where w.left_out is null order by w.id, w.timeframe;
  end if;
  drop table pg_temp.wanted;
  return jsonb_build_object('planned', v_planned, 'run_id', v_run_id, 'left_out', v_left_out,
    'reason', case when v_planned = 0 then coalesce(v_closed, format('no active symbol takes its bars from %s', v_provider)) end);
end
$$;
comment on function public.plan_ingestion(text, date) is
  'Plans one run that fetches the bars of every active symbol from the setting''s provider (market_data), a job a symbol and timeframe: '
  '{planned, reason, run_id, left_out}. Once a key; with csv nothing, and on a date (p_date) without a session in New York; symbols whose bars were uploaded, or '
  'whose calendar is another one, are left out. Dispatch '
  'asks for the workers. Raises missing_key.';
revoke execute on function public.plan_ingestion(text, date) from public, anon, authenticated;
grant execute on function public.plan_ingestion(text, date) to service_role;
