create or replace function internal.request_workers(p_at_most integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_on_their_way text[];
  v_in_vain text[];
  v_free integer;
  v_demand record;
  v_asked integer := 0;
begin
  -- Two who ask at once would both count the same places as free.
  perform pg_advisory_xact_lock(hashtext('plumbline.request_workers'));
  -- On its way: asked for, no job claimed yet, no answer yet. After 20 s a request counts as lost. What lies in the future was asked
  -- for before the clock was set back.
  select coalesce(array_agg(r.function_name) filter (where r.on_its_way), '{}'),
    coalesce(array_agg(r.function_name) filter (where not r.on_its_way), '{}')
  into v_on_their_way, v_in_vain
  from (
    select w.function_name, w.requested_at > now() - interval '20 seconds'
      and not exists (select from net._http_response h where h.id = w.net_request_id and h.created >= w.requested_at) as on_its_way
    from public.worker_requests w
    where w.requested_at between now() - interval '2 minutes' and now() + interval '1 minute'
      and w.claimed_at is null and w.net_request_id is not null
  ) r;
  select (internal.setting('max_workers') #>> '{}')::integer - cardinality(v_on_their_way) - count(*) into v_free
  from public.jobs j where j.status = 'running' and j.lease_until >= now();

  for v_demand in
    select d.function_name,
      case when not d.one_at_a_time then count(*)
        when d.function_name = any (v_on_their_way) or exists (
          select from public.jobs r join public.job_kinds k on k.kind = r.kind
          where k.worker = d.function_name and r.status = 'running' and r.lease_until >= now()) then 0
        else 1 end as wanted
    from (
      select k.worker as function_name, k.one_at_a_time
      from public.jobs j
      join public.job_kinds k on k.kind = j.kind
      where j.attempts < j.max_attempts
        and ((j.status = 'queued' and j.run_after <= now()) or (j.status = 'running' and j.lease_until < now()))
    ) d
    group by d.function_name, d.one_at_a_time
    -- New bars (one at a time) first: what the others compute is about them. A function that was asked for in vain just now stands behind
    -- the others: one that is broken would take every place, minute after minute.
    order by d.function_name = any (v_in_vain), not d.one_at_a_time, d.function_name
  loop
    for i in 1 .. least(v_demand.wanted, v_free - v_asked, p_at_most - v_asked) loop
      if not internal.request_function(v_demand.function_name) then
        return v_asked;
      end if;
      v_asked := v_asked + 1;
    end loop;
  end loop;
  return v_asked;
end
$$;
comment on function internal.request_workers(integer) is
  'Asks for workers, one request each: no more than there are claimable jobs, than p_at_most, and than places under max_workers that '
  'neither a running job nor a request on its way takes. Returns how many. Kinds of jobs that are worked on one at a time come first; a function '
  'that nobody answered for in the last two minutes comes last.';
revoke execute on function internal.request_workers(integer) from public;
