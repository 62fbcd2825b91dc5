create or replace function internal.reconcile(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_today date := (p_now at time zone 'America/New_York')::date;
  v_due record;
  v_status text;
  v_slots jsonb := '{}';
  v_jobs jsonb := internal.reconcile_jobs();
  v_rollout jsonb;
  v_detail text;
begin
  for v_due in
    -- Not ticked within a quarter of an hour.
    select t.slot, t.slot_date, t.local_time, t.due_at,
      t.closed_because is not null or not s.active or p_now <= t.due_at + s.make_up_within as still_runs
    from internal.slot_times(v_today - 7, v_today) t
    join public.schedule_slots s on s.slot = t.slot
    where t.due_at >= s.active_since and t.due_at < p_now - interval '15 minutes'
      and not exists (
        select from public.slot_runs r
        where (r.slot, r.slot_date, r.local_time) = (t.slot, t.slot_date, t.local_time))
    union all
    -- Failed, and worth another try.
    select r.slot, r.slot_date, r.local_time, r.due_at, true
    from public.slot_runs r
    join public.schedule_slots s on s.slot = r.slot
    where r.status = 'failed' and r.attempts < (internal.setting('slot_attempts') #>> '{}')::integer
      and r.due_at > p_now - interval '1 day' and p_now <= r.due_at + s.make_up_within
    order by 4, 1
  loop
    -- The rest is for the next tick: the rollout is watched whatever slots take.
    exit when clock_timestamp() > v_began + interval '20 seconds';
    if v_due.still_runs then
      v_status := internal.run_slot(v_due.slot, v_due.slot_date, v_due.local_time, p_now, true);
    else
      v_status := 'missed';
      insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, started_at, finished_at)
      values (v_due.slot, v_due.slot_date, v_due.local_time, v_due.due_at, 'missed', format(
        'no tick came; noticed %s minutes after its time, too late to make up for it',
        floor(extract(epoch from p_now - v_due.due_at) / 60)), clock_timestamp(), clock_timestamp())
      on conflict (slot, slot_date, local_time) do nothing;
    end if;
    v_slots := v_slots || jsonb_build_object(
      format('%s %s %s', v_due.slot, v_due.slot_date, to_char(v_due.local_time, 'HH24:MI')), v_status);
  end loop;
  perform internal.note_next_due(s.slot, p_now) from public.schedule_slots s order by s.slot;

  -- Whatever it raises, the work above stays.
  begin
    v_rollout := internal.watch_rollout(p_now);
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_rollout := jsonb_build_object('error', format('%s (SQLSTATE %s)', sqlerrm, sqlstate));
    perform internal.record_cron_error('watch_rollout', v_rollout ->> 'error', sqlstate, v_detail);
  end;

  return v_jobs || jsonb_build_object('slots', v_slots, 'rollout', v_rollout,
    'workers', internal.request_workers((internal.setting('max_workers') #>> '{}')::integer));
end
$$;
comment on function internal.reconcile(timestamptz) is
  'Every five minutes: ends or revives stalled jobs, makes up for slots whose tick did not come or failed, notes those that it is too late '
  'for as missed, watches the rollout that runs, and asks for workers. Looks back seven days.';
revoke execute on function internal.reconcile(timestamptz) from public;
