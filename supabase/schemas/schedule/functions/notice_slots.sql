create or replace function internal.notice_slots(p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_today date := (p_now at time zone 'America/New_York')::date;
  v_due record;
  v_status text;
  v_slots jsonb := '{}';
begin
  for v_due in
    -- Not ticked within a quarter of an hour.
    select t.slot, t.slot_date, t.local_time, t.due_at, t.closed_because is not null or not s.active as is_skipped,
      p_now <= t.due_at + s.make_up_within as is_made_up,
      format('no tick came; noticed %s minutes after its time, ', floor(extract(epoch from p_now - t.due_at) / 60)) as because
    from internal.slot_times(v_today - 7, v_today) t
    join public.schedule_slots s on s.slot = t.slot
    where t.due_at >= s.active_since and t.due_at < p_now - interval '15 minutes'
      and not exists (
        select from public.slot_runs r
        where (r.slot, r.slot_date, r.local_time) = (t.slot, t.slot_date, t.local_time))
    union all
    -- Failed, and worth another try.
    select r.slot, r.slot_date, r.local_time, r.due_at, false, true, format('it failed: %s; ', r.reason)
    from public.slot_runs r
    join public.schedule_slots s on s.slot = r.slot
    where r.status = 'failed' and r.attempts < (internal.setting('slot_attempts') #>> '{}')::integer
      and r.due_at > p_now - interval '1 day' and p_now <= r.due_at + s.make_up_within
    order by 4, 1
  loop
    if v_due.is_skipped then
      v_status := internal.run_slot(v_due.slot, v_due.slot_date, v_due.local_time, p_now, true);
    else
      v_status := case when v_due.is_made_up then 'unfinished' else 'missed' end;
      insert into public.slot_runs as r (slot, slot_date, local_time, due_at, status, reason, made_up, started_at, finished_at)
      values (v_due.slot, v_due.slot_date, v_due.local_time, v_due.due_at, v_status,
        v_due.because || case when v_due.is_made_up then 'made up for within a minute' else 'too late to make up for it' end,
        v_due.is_made_up, clock_timestamp(), clock_timestamp())
      -- Nobody else's: a tick that came after all, or an operator, is through with it.
      on conflict (slot, slot_date, local_time) do update set
        status = excluded.status, reason = excluded.reason, attempts = r.attempts + 1, made_up = true, started_at = excluded.started_at,
        finished_at = excluded.finished_at
      where r.status = 'failed';
      continue when not found;
    end if;
    v_slots := v_slots || jsonb_build_object(
      format('%s %s %s', v_due.slot, v_due.slot_date, to_char(v_due.local_time, 'HH24:MI')), v_status);
  end loop;
  return v_slots;
end
$$;
comment on function internal.notice_slots(timestamptz) is
  'Notes what became of the slots of the last seven days whose tick did not come: skipped, or missed where it is too late to make up for them. The '
  'others, and those that failed and are worth another try, are unfinished: tick continue performs them, in transactions of its own. Returns '
  'the status of each.';
revoke execute on function internal.notice_slots(timestamptz) from public;
