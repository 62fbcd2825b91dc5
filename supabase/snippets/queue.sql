-- The queue: what waits, runs and backs off, by kind.
select
  kind,
  count(*) filter (where status = 'queued' and run_after <= now()) as waiting,
  count(*) filter (where status = 'queued' and run_after > now()) as backing_off,
  count(*) filter (where status = 'running' and lease_until >= now()) as running,
  count(*) filter (where status = 'running' and lease_until < now()) as past_lease,
  min(created_at) as oldest,
  round(avg(progress)::numeric, 2) as mean_progress
from public.jobs
where status in ('queued', 'running')
group by kind
order by kind;
