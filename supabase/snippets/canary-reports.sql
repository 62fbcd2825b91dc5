-- The canary's latest reports.
select report_date, to_char(report_time, 'HH24:MI') as new_york, status, array_to_string(lines, E'\n') as report
from public.canary_reports
order by report_date desc, report_time desc
limit 9;
