create or replace function internal.tick_slot(p_slot text, p_now timestamptz default now()) returns text
language plpgsql set search_path = ''
as $$
declare
  v_today date := (p_now at time zone 'America/New_York')::date;
  v_due record;
begin
  if not internal.is_configured() then
    return null;
  end if;
  -- Ten minutes: cron may be late, and the tick meant for the other offset from UTC is an hour away.
  select t.slot_date, t.local_time into v_due
  from internal.slot_times(v_today, v_today) t
  where t.slot = p_slot and p_now >= t.due_at and p_now < t.due_at + interval '10 minutes'
  order by t.due_at desc
  limit 1;
  if v_due.slot_date is null then
    return null;
  end if;
  return internal.run_slot(p_slot, v_due.slot_date, v_due.local_time, p_now, false);
end
$$;
comment on function internal.tick_slot(text, timestamptz) is
  'Cron''s tick of a slot: runs it when its time in New York has come within the last ten minutes, and otherwise, '
  'or until Vault has project_url, does nothing (null).';
revoke execute on function internal.tick_slot(text, timestamptz) from public;
