-- Runs that failed in the last week, with the reason; also those that were refused before they began.
select id, kind, ensemble, params, error_code, error_message, created_at, finished_at
from public.runs
where status = 'failed' and finished_at > now() - interval '7 days'
order by finished_at desc;
