-- What cron is set to call (times are UTC), and how its latest call ended in its own words.
select j.jobname, j.schedule, j.active, j.command, d.start_time, d.status, d.return_message
from cron.job j
-- At one go for all: cron's history has no index by job.
left join (select r.jobid, max(r.runid) as runid from cron.job_run_details r group by r.jobid) l on l.jobid = j.jobid
left join cron.job_run_details d on d.runid = l.runid
where j.jobname like 'plumbline-%'
order by j.jobname;
