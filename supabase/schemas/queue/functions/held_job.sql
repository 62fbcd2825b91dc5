create or replace function internal.held_job(p_job_id bigint, p_lease_token uuid) returns public.jobs
language plpgsql set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  -- Only a running job has a lease.
  select j.* into v_job from public.jobs j where j.id = p_job_id and j.lease_token = p_lease_token for update;
  if v_job.id is null then
    perform internal.refuse(409, 'lease_lost', format('Job %s is not held with this lease: nothing was stored', p_job_id));
  end if;
  return v_job;
end
$$;
comment on function internal.held_job(bigint, uuid) is 'The job, locked, if the lease is still the caller''s; else lease_lost.';
revoke execute on function internal.held_job(bigint, uuid) from public;
