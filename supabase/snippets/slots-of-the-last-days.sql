-- What became of each slot in the last three days, latest first. Times are New York's.
select slot, slot_date, to_char(local_time, 'HH24:MI') as new_york, due_at, status, reason, attempts, made_up, result, finished_at - started_at as took
from public.slot_runs
where due_at > now() - interval '3 days'
order by due_at desc, slot;
