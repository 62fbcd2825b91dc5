create or replace function internal.note_next_due(p_slot text, p_now timestamptz) returns void
language sql set search_path = ''
as $$
  update public.schedule_slots s
  set next_due_at = (
    select min(t.due_at)
    from internal.slot_times((p_now at time zone 'America/New_York')::date - 7, (p_now at time zone 'America/New_York')::date + 1) t
    where t.slot = s.slot and t.due_at >= s.active_since
      and not exists (
        select from public.slot_runs r
        where (r.slot, r.slot_date, r.local_time) = (t.slot, t.slot_date, t.local_time)))
  where s.slot = p_slot
$$;
comment on function internal.note_next_due(text, timestamptz) is 'Sets a slot''s next_due_at: its earliest time of the last seven days or later without a row.';
revoke execute on function internal.note_next_due(text, timestamptz) from public;
