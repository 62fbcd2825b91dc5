create or replace function internal.alert_rank(p_level text) returns integer
language sql immutable set search_path = ''
as $$
  select coalesce(array_position(array[
    'rolled_back', 'trigger', 'kill_switch_on', 'implausible', 'critical', 'error', 'dead_job', 'missed_slot', 'overfitting', 'warning'], p_level), 99)
$$;
comment on function internal.alert_rank(text) is 'Place of a delivery''s level by gravity: 1 is the worst, 99 what is no fault.';
revoke execute on function internal.alert_rank(text) from public;
