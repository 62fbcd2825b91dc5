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
  v_forecasts jsonb;
  v_failed text;
  v_retry_at timestamptz;
  v_new integer;
begin
  perform internal.require_forecast_request(p_symbols, p_horizon, p_requested_by);
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

  -- Before what is there is looked at: of two who ask at once the second sees what the first did.
  perform pg_advisory_xact_lock(hashtext('plumbline.add_forecast_jobs'));
  v_key := format('request:%s:%s:%s', p_horizon, coalesce(v_hash, 'both'), md5(v_subjects::text));
  select r.id into v_run_id from public.runs r where r.idempotency_key = v_key and r.status <> 'failed';
  if v_run_id is not null then
    return v_run_id;
  end if;

  select jsonb_agg(jsonb_build_object('symbol', x.symbol,
    'key', internal.forecast_key(x.id, p_horizon, x.ensemble, x.config_hash, x.cutoff, x.stored_at),
    'config_hash', case when v_ensemble is null then x.config_hash end,
    'payload', internal.horizon_payload(p_horizon)
      || jsonb_build_object('symbol', x.symbol, 'ensemble', x.ensemble, 'last_bar', x.bars - 1)) order by x.symbol)
  into v_forecasts
  from jsonb_to_recordset(v_subjects) as x(
    id bigint, symbol text, bars bigint, cutoff timestamptz, stored_at timestamptz, ensemble text, config_hash text);
  select string_agg(format('%s %s (%s: %s)', f.symbol, p_horizon, r.code, r.message), '; ' order by f.symbol), max(r.retry_at)
  into v_failed, v_retry_at
  from jsonb_to_recordset(v_forecasts) as f(symbol text, key text)
  join internal.recent_failures(array(select x.value ->> 'key' from jsonb_array_elements(v_forecasts) x)) r on r.forecast_key = f.key;
  if v_failed is not null then
    perform internal.refuse(422, 'failed_recently', format('A fit failed within the last hour and is not tried again before %s: %s',
      internal.utc_text(v_retry_at), v_failed), v_retry_at);
  end if;
  select count(*) into v_new
  from jsonb_array_elements(v_forecasts) f
  where not exists (
    select from public.jobs j
    where j.forecast_key = f.value ->> 'key' and j.forecast_key is not null and j.status in ('queued', 'running'));
  if p_requested_by is not null then
    perform internal.require_quota(p_requested_by, v_new);
  end if;

  if v_ensemble is not null then
    v_run_id := internal.create_run('forecast', v_ensemble, v_key, 'http', p_requested_by, v_cutoff, v_params);
  else
    insert into public.runs (kind, idempotency_key, requested_via, requested_by, params)
    values ('forecast', v_key, 'http', p_requested_by, v_params)
    returning id into v_run_id;
  end if;
  update public.runs set jobs_total = jsonb_array_length(v_forecasts), quota_used = v_new where id = v_run_id;
  perform internal.add_forecast_jobs((
    select jsonb_agg(f.value || jsonb_build_object('run_id', v_run_id) order by f.place)
    from jsonb_array_elements(v_forecasts) with ordinality f(value, place)), 'http');
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return v_run_id;
end
$$;
comment on function public.request_forecasts(text[], text, uuid) is
  'Plans forecasts asked for over HTTP, each by the ensemble that serves its symbol, and returns the run''s id; the same question on the same '
  'bars is the same run, and a forecast that is being made is joined. p_requested_by: the user, whose quota it takes; null for a secret key. Raises '
  'unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, inactive_symbol (a user), too_few_bars, too_short_span, '
  'no_eight_hours_ahead, failed_recently, quota_exceeded.';
revoke execute on function public.request_forecasts(text[], text, uuid) from public, anon, authenticated;
grant execute on function public.request_forecasts(text[], text, uuid) to service_role;
