-- Requests for workers in the last day, by hour: how many claimed a job, and how many failed on the way.
select
  date_trunc('hour', requested_at) as hour,
  function_name,
  count(*) as requests,
  count(claimed_at) as claimed,
  count(*) filter (where response_error is not null or response_status >= 400) as failed,
  max(coalesce(response_error, case when response_status >= 400 then 'status ' || response_status end)) as a_failure
from public.worker_requests
where requested_at > now() - interval '1 day'
group by date_trunc('hour', requested_at), function_name
order by hour desc, function_name;
