create or replace function internal.reconcile_jobs() returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_job public.jobs;
  v_dead integer := 0;
  v_revived integer;
begin
  for v_job in
    select j.* from public.jobs j
    where j.status = 'running' and j.lease_until < now() and j.attempts >= j.max_attempts
    order by j.id
    for update skip locked
  loop
    perform internal.end_job(v_job, 'dead', 'lease_expired', format(
      'No worker finished a step of %s within its lease in %s attempts', v_job.kind, v_job.attempts));
    v_dead := v_dead + 1;
  end loop;

  -- A worker may take over an expired lease itself; what nobody took over for another lease's length is put back.
  update public.jobs
  set status = 'queued', lease_token = null, lease_until = null, error_code = 'lease_expired',
    error_message = 'Its worker did not report within the lease'
  where id in (
    select j.id from public.jobs j
    where j.status = 'running' and j.attempts < j.max_attempts
      and j.lease_until < now() - make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
    order by j.id
    for update skip locked);
  get diagnostics v_revived = row_count;

  -- Requests wait for the schedule. So that a schedule that is never done does not keep them for ever, one at a time takes its place at the end
  -- of the scheduled ones.
  update public.jobs j
  set priority = k.priority, run_after = now()
  from public.job_kinds k
  where k.kind = 'forecast' and j.id = (
    select w.id from public.jobs w
    where w.kind = 'forecast' and w.priority > k.priority and w.status = 'queued' and w.attempts < w.max_attempts
      and w.run_after <= now() - interval '15 minutes'
    order by w.run_after, w.id
    limit 1
    for update skip locked);

  -- What became of the requests, as long as pg_net remembers it. Its ids may start anew after a crash, hence the times.
  update public.worker_requests w
  set response_status = h.status_code, response_error = left(coalesce(h.error_msg, case when h.timed_out then 'timed out' end), 300)
  from net._http_response h
  where h.id = w.net_request_id and h.created between w.requested_at and w.requested_at + interval '10 minutes'
    and w.requested_at > now() - interval '6 hours' and w.response_status is null and w.response_error is null;

  -- What nothing was heard of is no longer looked at.
  update public.worker_requests w set ended_at = now()
  where w.ended_at is null
    and (w.alive_until is null or w.alive_until < now() - interval '10 minutes' or w.requested_at > now() + interval '1 minute');

  return jsonb_build_object('dead', v_dead, 'revived', v_revived);
end
$$;
comment on function internal.reconcile_jobs() is
  'Ends jobs whose every attempt ran out of its lease (dead), puts stalled ones back into the queue (revived), gives one '
  'forecast of a request that has waited for a quarter of an hour the schedule''s priority, notes what pg_net says of the requests for workers, and '
  'gives up those that nothing was heard of.';
revoke execute on function internal.reconcile_jobs() from public;
