create or replace function internal.request_workers(p_at_most integer, p_wait boolean default true) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_lock bigint := hashtext('plumbline.request_workers');
  v_places integer := internal.worker_places();
  v_free integer;
  v_demand record;
  v_waiting integer;
  v_asked integer := 0;
begin
  if to_regclass('net.http_request_queue') is null then
    -- It says why, in a row; a step would say so too often.
    return case when p_wait and internal.request_function('relay') then 1 else 0 end;
  end if;
  if p_wait then
    perform pg_advisory_xact_lock(v_lock);
  elsif v_places <= (select coalesce(sum(u.workers), 0) from internal.workers_under_way() u)
    or not pg_try_advisory_xact_lock(v_lock) then
    return 0;
  end if;
  select v_places - coalesce(sum(u.workers), 0) into v_free from internal.workers_under_way() u;
  v_free := least(v_free, p_at_most);
  if v_free <= 0 then
    return 0;
  end if;

  for v_demand in
    select d.*, coalesce(u.workers, 0) as workers, coalesce(u.without_job, 0) as without_job
    from (
      select k.worker as function_name, bool_or(k.one_at_a_time) as one_at_a_time, array_agg(k.kind) as kinds
      from public.job_kinds k group by k.worker
    ) d
    left join internal.workers_under_way() u on u.function_name = d.function_name
    -- New bars (one at a time) first: what the others compute is about them. A function that was asked for in vain just now stands behind
    -- the others: one that is broken would take every place, minute after minute.
    order by exists (
        select from public.worker_requests w
        where w.function_name = d.function_name and w.claimed_at is null and w.net_request_id is not null
          and w.requested_at between now() - interval '2 minutes' and now() + interval '1 minute'
          and (w.ended_at is not null or w.alive_until < now() or exists (
            select from net._http_response h
            where h.id = w.net_request_id and h.created >= w.requested_at and (h.status_code is null or h.status_code >= 300)))),
      not d.one_at_a_time, d.function_name
  loop
    continue when v_demand.one_at_a_time and v_demand.workers > 0;
    -- No further than it is of use: who is on the way takes a job, and the rest is for the places that are free.
    select count(*) into v_waiting
    from (
      select from public.jobs j
      where j.kind = any (v_demand.kinds) and j.attempts < j.max_attempts
        and (j.status = 'queued' and j.run_after <= now())
      limit v_demand.without_job + v_free - v_asked
    ) q;
    select v_waiting + count(*) into v_waiting
    from public.jobs j
    where j.status = 'running' and j.lease_until < now() and j.attempts < j.max_attempts and j.kind = any (v_demand.kinds);
    v_waiting := case when v_demand.one_at_a_time then least(v_waiting, 1) else v_waiting - v_demand.without_job end;

    for i in 1 .. least(v_waiting, v_free - v_asked) loop
      if not internal.request_function(v_demand.function_name) then
        return v_asked;
      end if;
      v_asked := v_asked + 1;
    end loop;
    exit when v_asked >= v_free;
  end loop;
  return v_asked;
end
$$;
comment on function internal.request_workers(integer, boolean) is
  'Asks for workers, one request each: no more than there are claimable jobs that none on its way will take, than p_at_most, and than places '
  '(worker_places) that are free. Returns how many. Kinds of jobs that are worked on one at a time come first; a function that nobody '
  'answered for in the last two minutes comes last. Who adds work or gives up a place waits its turn (p_wait), so that of two who do at once '
  'the second sees what the first did; a worker that goes on itself steps aside.';
revoke execute on function internal.request_workers(integer, boolean) from public;
