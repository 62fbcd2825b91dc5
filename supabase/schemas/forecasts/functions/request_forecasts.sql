create or replace function public.request_forecasts(p_symbols text[], p_horizon text, p_requested_by uuid default null) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  v_subjects jsonb := '[]';
  v_subject record;
  v_ensemble text;
  v_hash text;
  v_cutoff timestamptz;
  v_params jsonb := jsonb_build_object('symbols', to_jsonb(p_symbols), 'horizon', p_horizon);
  v_key text;
  v_run_id uuid;
begin
  perform internal.require_forecast_request(p_symbols, p_horizon);
  for v_subject in
    select x.*, e.ensemble, e.config_hash
    from (
      select s.id, s.symbol, coalesce(b.bars, 0) as bars, b.last_bar_time as cutoff, b.stored_at
      from public.symbols s
      left join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
      where s.symbol = any (p_symbols)
    ) x
    cross join lateral internal.serving_ensemble(x.id, p_horizon) e
    order by x.symbol
  loop
    perform internal.require_bars(v_subject.symbol, p_horizon, v_subject.bars);
    v_subjects := v_subjects || to_jsonb(v_subject);
  end loop;
  -- The one ensemble of them all, or null.
  select case when count(distinct x.ensemble) = 1 then max(x.ensemble) end, case when count(distinct x.ensemble) = 1 then max(x.config_hash) end,
    case when count(*) = 1 then max(x.cutoff) end
  into v_ensemble, v_hash, v_cutoff
  from jsonb_to_recordset(v_subjects) as x(ensemble text, config_hash text, cutoff timestamptz);

  v_key := format('request:%s:%s:%s', p_horizon, coalesce(v_hash, 'both'), md5(v_subjects::text));
  if v_ensemble is not null then
    v_run_id := internal.create_run('forecast', v_ensemble, v_key, 'http', p_requested_by, v_cutoff, v_params);
  else
    insert into public.runs (kind, idempotency_key, requested_via, requested_by, params)
    values ('forecast', v_key, 'http', p_requested_by, v_params)
    on conflict (idempotency_key) where status <> 'failed' do nothing
    returning id into v_run_id;
  end if;
  if v_run_id is null then
    return (select r.id from public.runs r where r.idempotency_key = v_key and r.status <> 'failed');
  end if;
  for v_subject in
    select x.symbol, x.bars, x.ensemble from jsonb_to_recordset(v_subjects) as x(symbol text, bars bigint, ensemble text)
  loop
    perform internal.add_job(v_run_id, 'forecast', v_subject.symbol,
      internal.horizon_payload(p_horizon)
        || jsonb_build_object('symbol', v_subject.symbol, 'ensemble', v_subject.ensemble, 'last_bar', v_subject.bars - 1), 5);
  end loop;
  if v_ensemble is null then
    update public.jobs j set config_hash = e.config_hash
    from public.ensembles e
    where j.run_id = v_run_id and e.ensemble = j.payload ->> 'ensemble';
  end if;
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return v_run_id;
end
$$;
comment on function public.request_forecasts(text[], text, uuid) is
  'Plans forecasts asked for over HTTP, each by the ensemble that serves its symbol, and returns the run''s id; the same question on the same '
  'bars is the same run. Raises unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, too_few_bars, too_short_span, '
  'no_eight_hours_ahead.';
revoke execute on function public.request_forecasts(text[], text, uuid) from public, anon, authenticated;
grant execute on function public.request_forecasts(text[], text, uuid) to service_role;
