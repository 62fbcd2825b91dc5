-- Is all well? One row per check; what is failing comes first.
select check_name, subject, status, sentence, last_good_at, figures
from public.vw_run_health
order by ok nulls last, check_name, subject;
