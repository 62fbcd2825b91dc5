create or replace function internal.begin_job_anew(p_job public.jobs) returns boolean
language plpgsql set search_path = ''
as $$
begin
  if p_job.bars_restated_at is null
    or internal.lock_restated_at(p_job.payload ->> 'symbol', p_job.payload ->> 'horizon') is not distinct from p_job.bars_restated_at then
    return false;
  end if;
  delete from public.job_checkpoints c where c.job_id = p_job.id;
  update public.jobs
  set status = 'queued', lease_token = null, lease_until = null, attempts = greatest(attempts - 1, 0), progress = 0
  where id = p_job.id;
  perform internal.request_workers(1, false);
  return true;
end
$$;
comment on function internal.begin_job_anew(public.jobs) is
  'Gives a job back to the queue, from its beginning, when its bars were restated since it was claimed; whether they were.';
revoke execute on function internal.begin_job_anew(public.jobs) from public;
