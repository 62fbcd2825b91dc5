-- Jobs that ended dead in the last week, with the reason. select public.retry_job(ID) puts one back.
select id, kind, payload ->> 'symbol' as symbol, payload ->> 'horizon' as horizon, attempts, error_code, error_message, finished_at, run_id
from public.jobs
where status = 'dead' and finished_at > now() - interval '7 days'
order by finished_at desc;
