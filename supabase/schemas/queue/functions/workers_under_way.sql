create or replace function internal.workers_under_way() returns table (function_name text, workers integer, without_job integer)
language plpgsql stable set search_path = ''
as $$
#variable_conflict use_column
begin
  -- Not in SQL alone: a plan is kept for it, since every step asks.
  return query
  with open as materialized (
    select w.id, w.function_name
    from public.worker_requests w
    where w.ended_at is null
      -- What lies in the future was asked for before the clock was set back.
      and w.requested_at <= now() + interval '1 minute'
      and (
        -- Expected to show itself until then: to claim its first job, to finish a step, to claim the next.
        w.alive_until >= now()
          and (w.claimed_at is not null or not exists (
            select from net._http_response h
            where h.id = w.net_request_id and h.created >= w.requested_at and (h.status_code is null or h.status_code >= 300)))
        -- pg_net sends one batch at a time and waits for the slowest of it: what it has not answered yet is on its way.
        or w.claimed_at is null and w.requested_at > now() - interval '10 minutes'
          and exists (select from net.http_request_queue q where q.id = w.net_request_id))
  ), leased as materialized (
    select k.worker as function_name, j.worker_request_id
    from public.jobs j
    join public.job_kinds k on k.kind = j.kind
    where j.status = 'running' and j.lease_until >= now()
  )
  select u.function_name, count(*)::integer, (count(*) filter (where u.without_job))::integer
  from (
    select o.function_name, not exists (select from leased l where l.worker_request_id = o.id) as without_job from open o
    union all
    select l.function_name, false from leased l where not exists (select from open o where o.id = l.worker_request_id)
  ) u
  group by u.function_name;
end
$$;
comment on function internal.workers_under_way() is
  'The workers that are at work or on their way, by Edge Function, and how many of them hold no job at the moment: those will claim one. '
  'A job that was claimed without a request counts as a worker too.';
revoke execute on function internal.workers_under_way() from public;
