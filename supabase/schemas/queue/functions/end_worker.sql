create or replace function public.end_worker(p_request bigint, p_reason text default null) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_given_back integer := 0;
  v_answered boolean;
begin
  update public.worker_requests
  set ended_at = coalesce(ended_at, now()), response_error = coalesce(response_error, left(p_reason, 300))
  where id = p_request
  returning claimed_at is not null or p_reason is null into v_answered;
  if v_answered is null then
    perform internal.refuse(404, 'unknown_request', format('There is no request %s for a worker', p_request));
  end if;

  if p_reason is not null then
    for v_job in
      select j.* from public.jobs j where j.worker_request_id = p_request and j.status = 'running' order by j.id for update
    loop
      if v_job.attempts >= v_job.max_attempts then
        perform internal.end_job(v_job, 'dead', 'worker_ended', format(
          'Its worker ended in the middle of a step, in %s attempts; the last one: %s', v_job.attempts, p_reason));
      else
        update public.jobs
        set status = 'queued', lease_token = null, lease_until = null, error_code = 'worker_ended',
          error_message = format('Its worker ended in the middle of a step: %s', p_reason)
        where id = v_job.id;
      end if;
      v_given_back := v_given_back + 1;
    end loop;
  end if;
  -- One that failed before it claimed anything would fail again at once: the next tick asks for it.
  if v_answered then
    perform internal.request_workers(1);
  end if;
  return v_given_back;
end
$$;
comment on function public.end_worker(bigint, text) is
  'Says that a worker asked for by the database is no longer at work; with a reason (p_reason) that it ended in the middle of a step: then its '
  'lease is given back at once. Asks for a successor if jobs wait. Returns the jobs given back; raises unknown_request.';
revoke execute on function public.end_worker(bigint, text) from public, anon, authenticated;
grant execute on function public.end_worker(bigint, text) to service_role;
