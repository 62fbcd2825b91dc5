create or replace function public.retry_job(p_job_id bigint) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_run public.runs;
  v_follows text;
  v_check public.jobs;
begin
  -- The job first and then its run, as every ending job takes them.
  select j.* into v_job from public.jobs j where j.id = p_job_id for update;
  if v_job.id is null then
    perform internal.refuse(404, 'unknown_job', format('There is no job %s', p_job_id));
  elsif v_job.status <> 'dead' then
    perform internal.refuse(409, 'not_dead', format('Job %s is %s: only a dead job is put back', p_job_id, v_job.status));
  end if;
  select r.* into v_run from public.runs r where r.id = v_job.run_id for update;
  if exists (
    select from public.runs r
    where r.idempotency_key = v_run.idempotency_key and r.status <> 'failed' and r.id <> v_run.id) then
    perform internal.refuse(409, 'superseded', format('Job %s: its run %s was planned anew since', p_job_id, v_run.id));
  end if;
  if exists (
    select from public.jobs j
    where j.forecast_key = v_job.forecast_key and j.forecast_key is not null and j.status in ('queued', 'running')) then
    perform internal.refuse(409, 'superseded', format('Job %s: another job makes its forecast by now', p_job_id));
  end if;

  insert into public.job_retries (job_id, error_code, error_message)
  values (v_job.id, v_job.error_code, v_job.error_message);
  update public.jobs
  set status = 'queued', attempts = 0, run_after = now(), progress = 0, error_code = null, error_message = null,
    finished_at = null
  where id = p_job_id;
  v_run.jobs_done := v_run.jobs_done - 1;
  -- What followed the others, a divergence check after windows, will follow this one.
  select k.followed_by into v_follows from public.job_kinds k where k.kind = v_job.kind;
  if v_follows is not null then
    select j.* into v_check from public.jobs j
    where j.run_id = v_run.id and j.kind = v_follows for update skip locked;
    if v_check.id is null and exists (
      select from public.jobs j where j.run_id = v_run.id and j.kind = v_follows) then
      perform internal.refuse(409, 'check_is_ending', format('Job %s cannot be put back: the %s of its run is just ending. Ask again',
        p_job_id, v_follows));
    elsif v_check.id is not null then
      delete from public.jobs j where j.id = v_check.id;
      v_run.jobs_total := v_run.jobs_total - 1;
      v_run.jobs_done := v_run.jobs_done - (v_check.status in ('succeeded', 'dead'))::integer;
    end if;
  end if;
  update public.runs
  set status = 'running', started_at = coalesce(started_at, now()), finished_at = null, error_code = null,
    error_message = null, jobs_done = v_run.jobs_done, jobs_total = v_run.jobs_total
  where id = v_run.id;
  -- Who joined it waits again, unless the same was asked anew since.
  delete from public.joined_jobs x
  using public.runs r
  where x.job_id = p_job_id and r.id = x.run_id and exists (
    select from public.runs n where n.idempotency_key = r.idempotency_key and n.status <> 'failed' and n.id <> r.id);
  update public.runs r
  set status = 'running', started_at = coalesce(r.started_at, now()), finished_at = null, error_code = null, error_message = null,
    jobs_done = r.jobs_done - 1
  where r.id in (
    select l.id from public.runs l
    where l.id in (select x.run_id from public.joined_jobs x where x.job_id = p_job_id)
    order by l.id
    for no key update);
  perform internal.request_workers(1);
  return jsonb_build_object('job', p_job_id, 'run', v_run.id, 'status', 'queued');
end
$$;
comment on function public.retry_job(bigint) is
  'Puts a dead job back into the queue, with new attempts and from its beginning, reopens its run and those that joined it, and records it in job_retries. Raises '
  'unknown_job, not_dead, superseded, check_is_ending (ask again).';
revoke execute on function public.retry_job(bigint) from public, anon, authenticated;
grant execute on function public.retry_job(bigint) to service_role;
