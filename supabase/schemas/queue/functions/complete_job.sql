create or replace function public.complete_job(p_job_id bigint, p_lease_token uuid, p_result jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_artifact_id bigint;
  v_forecast_id bigint;
  v_result jsonb;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  case v_job.kind
    when 'forecast' then
      v_artifact_id := internal.store_artifact(v_job.run_id, p_result -> 'artifact');
      v_forecast_id := internal.store_forecast(v_job.run_id, v_artifact_id, p_result -> 'forecast');
      if jsonb_typeof(p_result -> 'weights') = 'object' then
        perform internal.store_weights(v_job.run_id, v_forecast_id, p_result -> 'weights');
      end if;
    when 'validate_window' then
      perform internal.store_validation(v_job.run_id, p_result -> 'metrics', p_result -> 'tests');
    when 'check_divergence' then
      perform internal.apply_divergence_check(p_result);
    when 'ingest' then
      v_result := internal.store_ingestion(v_job, p_result);
    when 'evaluate_rollout' then
      v_result := internal.finish_evaluation(v_job, p_result);
  end case;
  if v_result is not null then
    update public.jobs set result = v_result where id = v_job.id;
  end if;
  perform internal.end_job(v_job, 'succeeded', null, null);
  perform internal.request_workers(1);
end
$$;
comment on function public.complete_job(bigint, uuid, jsonb) is
  'Stores a job''s result and ends it, in one transaction: exactly once, or lease_lost.';
revoke execute on function public.complete_job(bigint, uuid, jsonb) from public, anon, authenticated;
grant execute on function public.complete_job(bigint, uuid, jsonb) to service_role;
