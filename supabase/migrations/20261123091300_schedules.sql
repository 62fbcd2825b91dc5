-- Schedules: what cron calls, all named, all made by one function that can be repeated.

create function public.dispatch_workers() returns integer
language sql security definer set search_path = ''
as $$
  select internal.request_workers((internal.setting('max_workers') #>> '{}')::integer)
$$;
comment on function public.dispatch_workers() is 'Asks for workers if claimable jobs wait; returns how many requests were made.';
grant execute on function public.dispatch_workers() to service_role;

create function internal.reconcile() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_job public.jobs;
  v_ended integer := 0;
begin
  for v_job in
    select j.* from public.jobs j
    where j.status = 'running' and j.lease_until < now() and j.attempts >= j.max_attempts
    order by j.id
    for update skip locked
  loop
    perform internal.end_job(v_job, 'dead', 'lease_expired', format(
      'no worker finished a step of %s within its lease in %s attempts', v_job.kind, v_job.attempts));
    v_ended := v_ended + 1;
  end loop;
  return v_ended;
end
$$;
comment on function internal.reconcile() is 'Ends jobs whose every attempt ran out of its lease; returns how many.';

create function internal.purge_history() returns void
language plpgsql set search_path = ''
as $$
begin
  delete from cron.job_run_details d where d.end_time < now() - interval '14 days';
  delete from public.runs r where r.finished_at < now() - interval '400 days';
end
$$;
comment on function internal.purge_history() is 'Deletes cron''s history after 14 days and ended runs with their jobs after 400 days.';

create function internal.schedule_all() returns void
language plpgsql set search_path = ''
as $$
begin
  perform cron.schedule('plumbline-plan', '*/15 * * * *', 'select public.plan_work()');
  perform cron.schedule('plumbline-dispatch', '* * * * *', 'select public.dispatch_workers()');
  perform cron.schedule('plumbline-reconcile', '*/5 * * * *', 'select internal.reconcile()');
  perform cron.schedule('plumbline-purge', '17 3 * * *', 'select internal.purge_history()');
end
$$;
comment on function internal.schedule_all() is 'Makes or updates the named cron jobs; times are UTC. Repeating it changes nothing.';

select internal.schedule_all();
