-- When each slot is due next, and whether it is paused.
select slot, to_char(next_due_at at time zone 'America/New_York', 'Dy YYYY-MM-DD HH24:MI') as new_york, next_due_at, active, paused_because, calls
from public.schedule_slots
order by next_due_at;
