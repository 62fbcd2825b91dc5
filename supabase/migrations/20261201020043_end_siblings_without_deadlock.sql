-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- queue/functions/end_job.sql
create or replace function internal.end_job(p_job public.jobs, p_status text, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_run public.runs;
  v_failure record;
  v_next public.job_kinds;
begin
  -- Siblings that end at the same time take turns here, so that exactly one of them is the last. Each has a row of its result that refers to
  -- the run: a lock that shuts these references out would make two of them wait for each other.
  select r.* into v_run from public.runs r where r.id = p_job.run_id for no key update;

  delete from public.job_checkpoints c where c.job_id = p_job.id;
  update public.jobs
  set status = p_status, lease_token = null, lease_until = null, finished_at = now(),
    progress = case when p_status = 'succeeded' then 1 else progress end,
    error_code = p_code, error_message = p_message
  where id = p_job.id;
  v_run.jobs_done := v_run.jobs_done + 1;

  if v_run.jobs_done = v_run.jobs_total then
    select n.* into v_next
    from public.job_kinds k
    join public.job_kinds n on n.kind = k.followed_by
    where k.kind = p_job.kind
      and exists (select from public.jobs j where j.run_id = v_run.id and j.status = 'succeeded');
    if v_next.kind is not null then
      -- About the run's subject, and not about the one window that happened to end last.
      insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
      values (v_run.id, v_next.kind, format('%s:%s', v_run.id, v_next.kind), p_job.payload - 'window_id', v_next.priority);
      v_run.jobs_total := v_run.jobs_total + 1;
      perform internal.request_workers(1);
    end if;
  end if;

  update public.runs set jobs_done = v_run.jobs_done, jobs_total = v_run.jobs_total where id = v_run.id;

  if v_run.jobs_done = v_run.jobs_total then
    select j.error_code, j.error_message into v_failure
    from public.jobs j where j.run_id = v_run.id and j.status = 'dead' order by j.id limit 1;
    update public.runs
    set status = case when v_failure.error_code is null then 'succeeded' else 'failed' end,
      error_code = v_failure.error_code, error_message = v_failure.error_message, finished_at = now()
    where id = v_run.id;
  end if;
end
$$;
comment on function internal.end_job(public.jobs, text, text, text) is
  'Ends a job and, with the last one, its run; after its last job of a kind that another follows (job_kinds), that one is planned.';
revoke execute on function internal.end_job(public.jobs, text, text, text) from public;

-- forecasts/functions/store_forecast.sql
create or replace function internal.store_forecast(p_run_id uuid, p_artifact_id bigint, p_row jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_row public.forecasts;
  v_bars_stored_at timestamptz;
begin
  v_row := jsonb_populate_record(null::public.forecasts, p_row);
  v_row.quantile_levels_id := internal.quantile_levels_id(
    (jsonb_populate_record(null::public.quantile_levels, jsonb_build_object('levels', p_row -> 'quantile_levels'))).levels);
  select s.id into v_row.symbol_id from public.symbols s where s.symbol = p_row ->> 'symbol';
  if v_row.symbol_id is null then
    -- Renamed since the forecast was asked for.
    perform internal.refuse(404, 'unknown_symbol', format('There is no symbol %s', p_row ->> 'symbol'));
  end if;

  -- A forecast once issued stands, unless the bars it was made from were restated since: its prices are then of another series.
  select max(b.ingested_at) into v_bars_stored_at
  from public.bars b
  where b.symbol_id = v_row.symbol_id and b.timeframe = internal.timeframe_of(v_row.horizon)
    and b.bar_time <= v_row.data_cutoff;
  delete from public.forecasts f
  where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff)
    and f.issued_at < v_bars_stored_at;

  insert into public.forecasts (
    symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, last_close,
    forecast_return, forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80,
    lower_90, upper_90, lower_95, upper_95, quantile_levels_id, return_quantiles, members, artifact_id, run_id,
    direction, confidence, direction_thresholds, agreement, mean_spread, scale_ratio, drivers, quality_notes)
  values (
    v_row.symbol_id, v_row.symbol, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.code_version,
    v_row.data_cutoff, v_row.target_time, v_row.last_close, v_row.forecast_return, v_row.forecast_price, v_row.scale,
    v_row.probability_up, v_row.lower_50, v_row.upper_50, v_row.lower_80, v_row.upper_80, v_row.lower_90, v_row.upper_90,
    v_row.lower_95, v_row.upper_95, v_row.quantile_levels_id, v_row.return_quantiles, v_row.members, p_artifact_id, p_run_id,
    v_row.direction, v_row.confidence, v_row.direction_thresholds, v_row.agreement, v_row.mean_spread, v_row.scale_ratio,
    coalesce(v_row.drivers, '[]'), coalesce(v_row.quality_notes, '[]'))
  on conflict on constraint forecasts_one_a_cutoff do nothing;

  return (
    select f.id from public.forecasts f
    where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff));
end
$$;
comment on function internal.store_forecast(uuid, bigint, jsonb) is
  'Stores a forecast (a row of forecasts as JSON, with its quantile_levels) and returns its id. The first one for a cutoff and configuration stands, until its '
  'bars are restated. Raises unknown_symbol.';
revoke execute on function internal.store_forecast(uuid, bigint, jsonb) from public;
