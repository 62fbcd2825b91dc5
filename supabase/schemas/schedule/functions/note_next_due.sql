create or replace function internal.note_next_due(p_slot text, p_now timestamptz) returns void
language sql set search_path = ''
as $$
  with due as materialized (
    select t.slot, min(t.due_at) as due_at
    from internal.slot_times((p_now at time zone 'America/New_York')::date - 7, (p_now at time zone 'America/New_York')::date + 1) t
    join public.schedule_slots s on s.slot = t.slot
    where (p_slot is null or s.slot = p_slot) and t.due_at >= s.active_since
      and not exists (
        select from public.slot_runs r
        where (r.slot, r.slot_date, r.local_time) = (t.slot, t.slot_date, t.local_time))
    group by t.slot
  ), moved as (
    -- Whoever has the row locked is noting it.
    select s.slot, d.due_at
    from public.schedule_slots s
    left join due d on d.slot = s.slot
    where (p_slot is null or s.slot = p_slot) and s.next_due_at is distinct from d.due_at
    order by s.slot
    for no key update of s skip locked
  )
  update public.schedule_slots s set next_due_at = m.due_at from moved m where s.slot = m.slot
$$;
comment on function internal.note_next_due(text, timestamptz) is
  'Sets next_due_at of a slot, of every slot where p_slot is null: its earliest time of the last seven days or later without a row.';
revoke execute on function internal.note_next_due(text, timestamptz) from public;
