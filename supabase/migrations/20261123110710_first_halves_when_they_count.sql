-- The first half session ends at 13:30, and Alpaca's bars count as finished 20 minutes after their end: it holds back the last 15 from
-- free accounts. At 13:45 the bar that this slot is there for was never taken. Other times that an operator has set stay.
update public.schedule_slots set local_times = array_replace(local_times, '13:45'::time, '13:55'::time)
where slot = 'ingest' and '13:45'::time = any (local_times);
select internal.schedule_all();
