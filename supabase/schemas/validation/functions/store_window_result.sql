create or replace function internal.store_window_result(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
begin
  perform internal.store_validation(p_job.run_id, p_result -> 'metrics', p_result -> 'tests');
  return null;
end
$$;
comment on function internal.store_window_result(public.jobs, jsonb) is 'Stores what a validate_window job found: {metrics, tests}.';
revoke execute on function internal.store_window_result(public.jobs, jsonb) from public;
