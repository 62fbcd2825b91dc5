-- What cron is set to call (times are UTC), and how its latest call ended in its own words.
select j.jobname, j.schedule, j.active, j.command, d.start_time, d.status, d.return_message
from cron.job j
left join lateral (
  select r.start_time, r.status, r.return_message
  from cron.job_run_details r where r.jobid = j.jobid order by r.runid desc limit 1
) d on true
where j.jobname like 'plumbline-%'
order by j.jobname;
