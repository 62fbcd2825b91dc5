-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- queue/functions/end_job.sql
create or replace function internal.end_job(p_job public.jobs, p_status text, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_run public.runs;
  v_failure record;
  v_next public.job_kinds;
begin
  -- Siblings that end at the same time take turns here, so that exactly one of them is the last. Each has a row of its result that refers to
  -- the run: a lock that shuts these references out would make two of them wait for each other.
  select r.* into v_run from public.runs r where r.id = p_job.run_id for no key update;

  delete from public.job_checkpoints c where c.job_id = p_job.id;
  update public.jobs
  set status = p_status, lease_token = null, lease_until = null, finished_at = now(),
    progress = case when p_status = 'succeeded' then 1 else progress end,
    error_code = p_code, error_message = p_message
  where id = p_job.id;
  v_run.jobs_done := v_run.jobs_done + 1;

  if v_run.jobs_done = v_run.jobs_total then
    select n.* into v_next
    from public.job_kinds k
    join public.job_kinds n on n.kind = k.followed_by
    where k.kind = p_job.kind
      and exists (select from public.jobs j where j.run_id = v_run.id and j.status = 'succeeded');
    if v_next.kind is not null then
      -- About the run's subject, and not about the one window that happened to end last.
      insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
      values (v_run.id, v_next.kind, format('%s:%s', v_run.id, v_next.kind), p_job.payload - 'window_id', v_next.priority);
      v_run.jobs_total := v_run.jobs_total + 1;
      perform internal.request_workers(1);
    end if;
  end if;

  update public.runs set jobs_done = v_run.jobs_done, jobs_total = v_run.jobs_total where id = v_run.id;

  if v_run.jobs_done = v_run.jobs_total then
    select j.error_code, j.error_message into v_failure
    from public.jobs j where j.run_id = v_run.id and j.status = 'dead' order by j.id limit 1;
    update public.runs
    set status = case when v_failure.error_code is null then 'succeeded' else 'failed' end,
      error_code = v_failure.error_code, error_message = v_failure.error_message, finished_at = now()
    where id = v_run.id;
  end if;
end
$$;
comment on function internal.end_job(public.jobs, text, text, text) is
  'Ends a job and, with the last one, its run; after its last job of a kind that another follows (job_kinds), that one is planned.';
revoke execute on function internal.end_job(public.jobs, text, text, text) from public;
