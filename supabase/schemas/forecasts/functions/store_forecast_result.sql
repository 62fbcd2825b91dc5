create or replace function internal.store_forecast_result(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_artifact_id bigint := internal.store_artifact(p_job.run_id, p_result -> 'artifact');
  v_forecast_id bigint := internal.store_forecast(p_job.run_id, v_artifact_id, p_result -> 'forecast');
begin
  if jsonb_typeof(p_result -> 'weights') = 'object' then
    perform internal.store_weights(p_job.run_id, v_forecast_id, p_result -> 'weights');
  end if;
  return null;
end
$$;
comment on function internal.store_forecast_result(public.jobs, jsonb) is
  'Stores what a forecast job made: {artifact, forecast, weights}, the weights where they were learned.';
revoke execute on function internal.store_forecast_result(public.jobs, jsonb) from public;
