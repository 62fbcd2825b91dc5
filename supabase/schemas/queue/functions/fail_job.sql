create or replace function public.fail_job(
  p_job_id bigint, p_lease_token uuid, p_code text, p_message text, p_retry boolean
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  if p_retry and v_job.attempts < v_job.max_attempts then
    update public.jobs
    set status = 'queued', lease_token = null, lease_until = null, error_code = p_code, error_message = p_message,
      run_after = now() + internal.retry_delay(v_job.id, v_job.attempts)
    where id = p_job_id;
    perform internal.request_workers(1, false);
    return 'queued';
  end if;
  perform internal.end_job(v_job, 'dead', p_code, p_message);
  perform internal.request_workers(1, false);
  return 'dead';
end
$$;
comment on function public.fail_job(bigint, uuid, text, text, boolean) is
  'Reports a failure: back to the queue after 5, 10, 20, ... s and up to a quarter more, or dead when retrying is pointless or the '
  'attempts are used up.';
revoke execute on function public.fail_job(bigint, uuid, text, text, boolean) from public, anon, authenticated;
grant execute on function public.fail_job(bigint, uuid, text, text, boolean) to service_role;
