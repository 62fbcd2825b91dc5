create or replace function internal.end_job(p_job public.jobs, p_status text, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_runs uuid[];
  v_next public.job_kinds;
begin
  -- Siblings that end at the same time take turns here, so that exactly one of them is the last. Each has a row of its result that refers to
  -- the run: a lock that shuts these references out would make two of them wait for each other.
  select array_agg(l.id) into v_runs
  from (
    select r.id from public.runs r
    where r.id = any (array(select p_job.run_id union all select x.run_id from public.joined_jobs x where x.job_id = p_job.id))
    order by r.id
    for no key update
  ) l;

  delete from public.job_checkpoints c where c.job_id = p_job.id;
  update public.jobs
  set status = p_status, lease_token = null, lease_until = null, finished_at = now(),
    progress = case when p_status = 'succeeded' then 1 else progress end,
    error_code = p_code, error_message = p_message
  where id = p_job.id;

  select n.* into v_next
  from public.job_kinds k
  join public.job_kinds n on n.kind = k.followed_by
  where k.kind = p_job.kind
    and exists (select from public.runs r where r.id = p_job.run_id and r.jobs_done + 1 = r.jobs_total)
    and exists (select from public.jobs j where j.run_id = p_job.run_id and j.status = 'succeeded');
  if v_next.kind is not null then
    -- About the run's subject, and not about the one window that happened to end last.
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
    values (p_job.run_id, v_next.kind, format('%s:%s', p_job.run_id, v_next.kind), p_job.payload - 'window_id', v_next.priority);
    update public.runs set jobs_total = jobs_total + 1 where id = p_job.run_id;
    perform internal.request_workers(1);
  end if;

  update public.runs r
  set jobs_done = r.jobs_done + 1,
    status = case when not e.ends then r.status when e.error_code is null then 'succeeded' else 'failed' end,
    error_code = e.error_code, error_message = e.error_message, finished_at = case when e.ends then now() end
  from (
    select x.id, x.ends, d.error_code, d.error_message
    from (select w.id, w.jobs_done + 1 = w.jobs_total as ends from public.runs w where w.id = any (v_runs)) x
    left join lateral (
      select j.error_code, j.error_message
      from (
        select o.* from public.jobs o where o.run_id = x.id
        union all
        select o.* from public.joined_jobs n join public.jobs o on o.id = n.job_id where n.run_id = x.id
      ) j
      where x.ends and j.status = 'dead'
      order by j.id limit 1
    ) d on true
  ) e
  where r.id = e.id;
end
$$;
comment on function internal.end_job(public.jobs, text, text, text) is
  'Ends a job and, with the last one, its run and each that joined it; after its last job of a kind that another follows (job_kinds), that one is '
  'planned.';
revoke execute on function internal.end_job(public.jobs, text, text, text) from public;
