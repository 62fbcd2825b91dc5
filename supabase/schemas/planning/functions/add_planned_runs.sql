create or replace function internal.add_planned_runs(p_kind text, p_job_kind text, p_runs jsonb) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_jobs integer;
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
  )
  insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
  select r.id, k.kind, internal.job_key(r.id, k.kind, j.value ->> 'subject'), j.value -> 'payload', k.priority
  from planned p
  join runs r on r.idempotency_key = p.key
  cross join jsonb_array_elements(p.jobs) with ordinality j(value, place)
  join public.job_kinds k on k.kind = p_job_kind
  where p.code is null
  order by p.place, j.place;
  get diagnostics v_jobs = row_count;
  return v_jobs;
end
$$;
comment on function internal.add_planned_runs(text, text, jsonb) is
  'Adds runs of the schedule with their jobs: [{key, ensemble, cutoff, params, jobs: [{subject, payload}], code, message}]. One with a code is '
  'refused: it ends at once with code and message, without jobs. A run whose key is there and has not failed is left out. Returns how many '
  'jobs.';
revoke execute on function internal.add_planned_runs(text, text, jsonb) from public;
