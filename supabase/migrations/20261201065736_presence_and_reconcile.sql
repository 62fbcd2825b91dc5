-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- schedule/functions/note_next_due.sql
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

-- schedule/functions/notice_slots.sql
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

-- schedule/functions/reconcile.sql
create or replace function internal.reconcile(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_jobs jsonb := internal.reconcile_jobs();
  v_slots jsonb := internal.notice_slots(p_now);
  v_rollout jsonb;
  v_detail text;
begin
  -- Whatever it raises, the work above stays.
  begin
    v_rollout := internal.watch_rollout(p_now);
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_rollout := jsonb_build_object('error', format('%s (SQLSTATE %s)', sqlerrm, sqlstate));
    perform internal.record_cron_error('watch_rollout', v_rollout ->> 'error', sqlstate, v_detail);
  end;
  perform internal.note_next_due(null, p_now);

  return v_jobs || jsonb_build_object('slots', v_slots, 'rollout', v_rollout,
    'workers', internal.request_workers((internal.setting('max_workers') #>> '{}')::integer));
end
$$;
comment on function internal.reconcile(timestamptz) is
  'Every five minutes: ends or revives stalled jobs, notes slots whose tick did not come or that failed, for tick continue to make up for them or as '
  'missed, watches the rollout that runs, and asks for workers. Looks back seven days.';
revoke execute on function internal.reconcile(timestamptz) from public;

-- schedule/functions/schedule_all.sql
create or replace function internal.schedule_all() returns void
language plpgsql set search_path = ''
as $$
declare
  v_job record;
  v_names text[] := '{}';
  -- Within a statement no other limit can be set. Less than the minute between two ticks, and than the two minutes that hosted allows.
  v_limit constant text := 'set statement_timeout = ''50s''; ';
begin
  for v_job in
    select 'plumbline-' || replace(t.job, '_', '-') as name, t.minutes || ' * * * *' as schedule, v_limit || format('select internal.tick_job(%L)', t.job) as command
    from public.schedule_ticks t
    union all
    -- New York is four or five hours behind UTC. A tick at a minute or an hour that is not the slot's does nothing.
    select 'plumbline-' || replace(s.slot, '_', '-'),
      format('%s %s * * *', array_to_string(array_agg(distinct extract(minute from t.at)::integer), ','),
        array_to_string(array_agg(distinct (extract(hour from t.at)::integer + o.behind) % 24), ',')),
      v_limit || format('select internal.tick_slot(%L)', s.slot)
    from public.schedule_slots s
    cross join lateral (
      select unnest(s.local_times) as at
      union
      select c.close + a.after from unnest(s.after_close) a(after) cross join (values ('16:00'::time), ('13:00')) c(close)
    ) t
    cross join (values (4), (5)) o(behind)
    group by s.slot
  loop
    perform cron.schedule(v_job.name, v_job.schedule, v_job.command);
    v_names := v_names || v_job.name;
  end loop;
  perform cron.unschedule(j.jobname::text) from cron.job j where j.jobname like 'plumbline-%' and j.jobname <> all (v_names);
  perform internal.note_next_due(null, now());
end
$$;
comment on function internal.schedule_all() is
  'Makes or updates the named cron jobs (times are UTC, each slot at both of New York''s offsets) and removes those of ours that are no '
  'more. Each call has 50 seconds. Repeating it changes nothing.';
revoke execute on function internal.schedule_all() from public;

-- schedule/functions/tick_continue.sql
create or replace function internal.tick_continue(p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  -- What begins by then takes one and a half seconds at most.
  v_until timestamptz := clock_timestamp() + interval '0.3 seconds';
  v_run record;
  v_result jsonb := '{}';
begin
  for v_run in
    select r.slot, r.slot_date, r.local_time, r.made_up
    from public.slot_runs r
    where r.status = 'unfinished' and r.due_at > p_now - interval '1 day'
    order by r.due_at, r.slot
  loop
    v_result := v_result || jsonb_build_object(format('%s %s %s', v_run.slot, v_run.slot_date, to_char(v_run.local_time, 'HH24:MI')),
      internal.run_slot(v_run.slot, v_run.slot_date, v_run.local_time, p_now, v_run.made_up));
    exit when clock_timestamp() > v_until;
  end loop;
  if v_result = '{}' and exists (select from public.planning_rounds r where r.task in ('forecasts', 'validations')) then
    v_result := jsonb_build_object('plan', internal.tick_plan(p_now));
  end if;
  return v_result;
end
$$;
comment on function internal.tick_continue(timestamptz) is
  'Tick continue: goes on with the slots that are unfinished, or begins those whose tick did not come, in their order, for a third of a second and what '
  'began in it; without any, goes on with a plan that is unfinished. Returns what became of each.';
revoke execute on function internal.tick_continue(timestamptz) from public;

-- schedule/functions/tick_job.sql
create or replace function internal.tick_job(p_job text, p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_minute timestamptz := date_trunc('minute', p_now, 'UTC');
  v_calls text;
  v_result jsonb;
  v_error text;
  v_detail text;
begin
  if not internal.is_configured() then
    -- What falls due meanwhile is nobody's: the slots begin when there is somebody to call.
    if p_job = 'reconcile' then
      update public.schedule_slots set active_since = p_now;
      perform internal.note_next_due(null, p_now);
    end if;
    return jsonb_build_object('skipped', 'Vault has no project_url');
  end if;
  -- Ticks of a later hour: the clock was set back, and their minutes come once more.
  if exists (select from public.cron_ticks t where t.job = p_job and t.ticked_at > v_minute + interval '10 minutes') then
    delete from public.cron_ticks t where t.job = p_job and t.ticked_at >= v_minute;
  end if;
  insert into public.cron_ticks (job, ticked_at) values (p_job, v_minute) on conflict (job, ticked_at) do nothing;
  if not found then
    return jsonb_build_object('repeated', true);
  end if;
  begin
    select t.calls into strict v_calls from public.schedule_ticks t where t.job = p_job;
    execute format('select internal.%I($1)', v_calls) into v_result using p_now;
  -- others leaves out what a timeout or an operator cancels, and a failed assertion: the tick would leave no row.
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_error := format('%s (SQLSTATE %s)', sqlerrm, sqlstate);
    raise warning 'plumbline-%: %', p_job, v_error;
    perform internal.record_cron_error(p_job, v_error, sqlstate, v_detail);
  end;
  update public.cron_ticks set result = v_result, error = v_error where job = p_job and ticked_at = v_minute;
  return coalesce(v_result, jsonb_build_object('error', v_error));
end
$$;
comment on function internal.tick_job(text, timestamptz) is
  'Cron''s tick of a row of schedule_ticks: records it, does the work once a minute at most, and records an error (also in '
  'errors) instead of losing the tick with it. Does and records nothing until Vault has project_url.';
revoke execute on function internal.tick_job(text, timestamptz) from public;
