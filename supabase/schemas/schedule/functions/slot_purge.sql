create or replace function internal.slot_purge(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.purge(p_now)
$$;
comment on function internal.slot_purge(date, time, timestamptz) is 'Slot purge: deletes what is older than retention_days.';
revoke execute on function internal.slot_purge(date, time, timestamptz) from public;
