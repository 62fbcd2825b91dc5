create or replace function internal.run_slot(p_slot text, p_date date, p_time time, p_now timestamptz, p_made_up boolean) returns text
language plpgsql set search_path = ''
as $$
declare
  v_slot public.schedule_slots;
  v_before public.slot_runs;
  v_due_at timestamptz := internal.new_york_time(p_date, p_time);
  v_began timestamptz := clock_timestamp();
  v_closed text;
  v_status text := 'done';
  v_reason text;
  v_detail text;
  v_result jsonb;
begin
  -- Another tick is at it, or reconcile is: they do it once between them.
  if not pg_try_advisory_xact_lock(hashtextextended(format('plumbline.slot:%s:%s:%s', p_slot, p_date, p_time), 0)) then
    return 'busy';
  end if;
  select r.* into v_before from public.slot_runs r where (r.slot, r.slot_date, r.local_time) = (p_slot, p_date, p_time);
  -- A tick in time of what was noted as missed: the clock was ahead when it was noted.
  if v_before.status is not null and v_before.finished_at <= internal.clock_bound()
    and v_before.status not in ('unfinished', case when p_made_up then 'failed' else 'missed' end) then
    return v_before.status;
  end if;

  begin
    select s.* into strict v_slot from public.schedule_slots s where s.slot = p_slot;
    if v_slot.days = 'sessions' then
      v_closed := (select d.because from internal.dates_without_session(p_date, p_date) d);
    end if;
    if v_closed is not null then
      v_status := 'skipped';
      v_reason := v_closed;
    elsif not v_slot.active then
      v_status := 'skipped';
      v_reason := format('paused: %s', v_slot.paused_because);
    else
      v_result := internal.perform_slot(v_slot, p_date, p_time, p_now);
      if v_result ? 'skipped' then
        v_status := 'skipped';
        v_reason := v_result ->> 'skipped';
        v_result := null;
      elsif v_result -> 'more' = 'true' then
        v_status := 'unfinished';
        v_reason := 'stopped for the time it took; goes on within a minute';
      elsif p_made_up then
        v_reason := format('made up for %s minutes after its time', floor(extract(epoch from p_now - v_due_at) / 60));
      end if;
    end if;
  -- others leaves out what a timeout or an operator cancels, and a failed assertion: that would take reconcile's other work with it,
  -- every time anew.
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_status := 'failed';
    v_reason := format('%s (SQLSTATE %s)', sqlerrm, sqlstate);
    v_result := null;
    perform internal.record_cron_error(p_slot, v_reason, sqlstate, v_detail);
  end;

  insert into public.slot_runs as r (
    slot, slot_date, local_time, due_at, status, reason, result, made_up, started_at, finished_at)
  values (p_slot, p_date, p_time, v_due_at, v_status, v_reason, v_result, p_made_up, v_began, clock_timestamp())
  on conflict (slot, slot_date, local_time) do update set
    status = excluded.status, reason = excluded.reason, result = excluded.result, attempts = r.attempts + (r.status <> 'unfinished')::integer,
    made_up = excluded.made_up, started_at = case when r.status = 'unfinished' then r.started_at else excluded.started_at end,
    finished_at = excluded.finished_at;
  perform internal.note_next_due(p_slot, p_now);
  return v_status;
end
$$;
comment on function internal.run_slot(text, date, time, timestamptz, boolean) is
  'Runs a slot of a date and time once and records what became of it, an error also in errors; returns the status, of an earlier run if there '
  'was one (a failed one is tried again when p_made_up, one noted as missed runs when not, an unfinished one goes on; one that was finished in '
  'the future does not count), or busy while '
  'another transaction is at it.';
revoke execute on function internal.run_slot(text, date, time, timestamptz, boolean) from public;
