create or replace function internal.slot_measure_health(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.measure_queries(20, interval '1 second')
$$;
comment on function internal.slot_measure_health(date, time, timestamptz) is 'Slot measure_health: measures what the monitoring queries and a claim take.';
revoke execute on function internal.slot_measure_health(date, time, timestamptz) from public;
