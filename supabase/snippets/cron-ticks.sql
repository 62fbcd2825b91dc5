-- Ticks of the jobs that run every few minutes, by hour of the last day, and their errors.
select job, date_trunc('hour', ticked_at) as hour, count(*) as ticks, count(error) as failed, max(error) as an_error
from public.cron_ticks
where ticked_at > now() - interval '1 day'
group by job, date_trunc('hour', ticked_at)
order by hour desc, job;
