create or replace function public.plan_ingestion(p_key text, p_date date default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_setting jsonb := internal.setting('market_data');
  v_provider text := v_setting ->> 'provider';
  v_sources jsonb := internal.setting('covariate_sources');
  v_key text := 'ingestion:' || p_key;
  v_closed text := case when p_date is not null then internal.closed_because(p_date) end;
  v_left_out jsonb;
  v_planned integer;
  v_run_id uuid;
begin
  if coalesce(p_key, '') = '' then
    perform internal.refuse(400, 'missing_key', 'An ingestion is planned under a key, such as its date and slot');
  end if;
  if v_provider = 'csv' and not exists (select from internal.covariates_in_use() u where v_sources ? u.symbol) then
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
  select w.id, w.symbol, w.timeframe, w.is_covariate, o.source,
    case
      when w.id is null then 'it is named as a covariate and not registered: register_covariate, or upload its bars'
      when w.timeframe = '4h' and o.source ->> 'provider' = 'tiingo' then 'tiingo has daily bars only'
      when exists (
        select from public.bar_series b where b.symbol_id = w.id and b.timeframe = w.timeframe and b.provider = 'csv')
        then 'its bars were uploaded (csv), and sources are never mixed'
      when w.calendar <> 'XNYS' then format('its calendar is %s, and %s is asked for New York''s sessions only: upload its bars', w.calendar,
        o.source ->> 'provider')
    end as left_out
  from (
    select s.id, s.symbol, s.calendar, t.timeframe, false as is_covariate
    from public.symbols s
    cross join lateral (
      select distinct case when h.horizon = '8h' then '4h' else h.horizon end as timeframe from unnest(s.horizons) h(horizon)
    ) t
    where s.active
    union all
    -- What is read beside others is not forecast itself.
    select s.id, u.symbol, s.calendar, '1D', true
    from internal.covariates_in_use() u
    left join public.symbols s on s.symbol = u.symbol
    where s.active is not true
  ) w
  cross join lateral (
    select case when w.timeframe = '1D' and v_sources ? w.symbol then v_sources -> w.symbol else v_setting end as source
  ) o
  where v_closed is null and o.source ->> 'provider' <> 'csv';
  select coalesce(jsonb_agg(
      jsonb_build_object('symbol', w.symbol, 'timeframe', w.timeframe, 'reason', w.left_out) order by w.id, w.symbol, w.timeframe)
      filter (where w.left_out is not null), '[]'),
    count(*) filter (where w.left_out is null)
  into v_left_out, v_planned
  from pg_temp.wanted w;

  if v_planned > 0 then
    insert into public.runs (kind, idempotency_key, requested_via, params, jobs_total)
    values ('ingestion', v_key, 'schedule', jsonb_build_object('market_data', v_setting)
      || case when v_sources = '{}' then '{}' else jsonb_build_object('covariate_sources', v_sources) end, v_planned)
    returning id into v_run_id;
    -- More attempts than other jobs have: with their backoff they outlast a provider's bad ten minutes.
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority, max_attempts)
    select v_run_id, 'ingest', format('%s:ingest:%s:%s', v_run_id, w.symbol, w.timeframe),
      jsonb_build_object('symbol', w.symbol, 'timeframe', w.timeframe,
        'source', jsonb_build_object('provider', w.source -> 'provider', 'feed', coalesce(w.source ->> 'feed', 'eod'),
          'adjustment', coalesce(w.source ->> 'adjustment', 'raw')),
        'first_date', w.source ->> 'first_date'), 20, 8
    -- Covariates first: the forecasts of all others read them.
    from pg_temp.wanted w where w.left_out is null order by w.is_covariate desc, w.id, w.timeframe;
  end if;
  drop table pg_temp.wanted;
  return jsonb_build_object('planned', v_planned, 'run_id', v_run_id, 'left_out', v_left_out,
    'reason', case when v_planned = 0 then coalesce(v_closed, format('no active symbol takes its bars from %s', v_provider)) end);
end
$$;
comment on function public.plan_ingestion(text, date) is
  'Plans one run that fetches the bars of every active symbol from the setting''s provider (market_data), a job a symbol and timeframe, and before them '
  'the daily bars of the covariates that active ensembles name (covariate_sources, else market_data): '
  '{planned, reason, run_id, left_out}. Once a key; with csv nothing, and on a date (p_date) without a session in New York; symbols whose bars were uploaded, or '
  'whose calendar is another one, are left out. Dispatch '
  'asks for the workers. Raises missing_key.';
revoke execute on function public.plan_ingestion(text, date) from public, anon, authenticated;
grant execute on function public.plan_ingestion(text, date) to service_role;
