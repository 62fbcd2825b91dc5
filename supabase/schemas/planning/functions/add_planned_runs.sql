create or replace function internal.add_planned_runs(p_kind text, p_job_kind text, p_runs jsonb) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_planned integer;
  v_forecasts jsonb;
begin
  with planned as materialized (
    select p.*, e.config_hash
    from rows from (jsonb_to_recordset(p_runs) as (
      key text, ensemble text, cutoff timestamptz, params jsonb, jobs jsonb, code text, message text)) with ordinality p(
      key, ensemble, cutoff, params, jobs, code, message, place)
    join public.ensembles e on e.ensemble = p.ensemble
  ), runs as (
    insert into public.runs (
      kind, ensemble, idempotency_key, requested_via, data_cutoff, params, config_hash, jobs_total, status, error_code,
      error_message, finished_at)
    select p_kind, p.ensemble, p.key, 'schedule', p.cutoff, p.params, p.config_hash,
      case when p.code is null then jsonb_array_length(p.jobs) else 0 end, case when p.code is null then 'queued' else 'failed' end, p.code,
      p.message, case when p.code is not null then now() end
    from planned p
    order by p.place
    on conflict (idempotency_key) where status <> 'failed' do nothing
    returning id, idempotency_key
  ), job as materialized (
    select r.id as run_id, j.value ->> 'subject' as subject, j.value -> 'payload' as payload, j.value ->> 'forecast_key' as forecast_key,
      p.place as run_place, j.place
    from planned p
    join runs r on r.idempotency_key = p.key
    cross join jsonb_array_elements(p.jobs) with ordinality j(value, place)
    where p.code is null
  ), added as (
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
    select j.run_id, k.kind, internal.job_key(j.run_id, k.kind, j.subject), j.payload, k.priority
    from job j
    join public.job_kinds k on k.kind = p_job_kind
    where j.forecast_key is null
    order by j.run_place, j.place
  )
  select count(*), jsonb_agg(jsonb_build_object('run_id', j.run_id, 'key', j.forecast_key, 'payload', j.payload)
    order by j.run_place, j.place) filter (where j.forecast_key is not null)
  into v_planned, v_forecasts
  from job j;
  if v_forecasts is not null then
    perform internal.add_forecast_jobs(v_forecasts, 'schedule');
  end if;
  return v_planned;
end
$$;
comment on function internal.add_planned_runs(text, text, jsonb) is
  'Adds runs of the schedule with their jobs: [{key, ensemble, cutoff, params, jobs: [{subject, payload, forecast_key}], code, message}]; a forecast_key makes '
  'the job a forecast that other runs may share (add_forecast_jobs). One with a code is '
  'refused: it ends at once with code and message, without jobs. A run whose key is there and has not failed is left out. Returns how many '
  'jobs, joined ones among them.';
revoke execute on function internal.add_planned_runs(text, text, jsonb) from public;
