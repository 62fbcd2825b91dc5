-- Which ticks of cron and which slots did not come, or failed, in the last seven days?
select kind, name, last_before, until, missed, reason
from public.vw_missed_ticks
order by last_before desc, kind, name;
