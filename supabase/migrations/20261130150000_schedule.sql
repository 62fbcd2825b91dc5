-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- schedule/constraints/are_slot_times.sql
create or replace function internal.are_slot_times(p_local_times time[], p_after_close interval[]) returns boolean
language sql immutable set search_path = ''
as $$
  select cardinality(p_local_times) + cardinality(p_after_close) > 0
    and not exists (
      select from unnest(p_local_times) t(at)
      where t.at is null or t.at >= '01:00' and t.at < '03:00' or t.at > '23:45' or extract(second from t.at) <> 0)
    and not exists (
      select from unnest(p_after_close) t(after)
      where t.after is null or t.after not between '0 minutes' and '7 hours 45 minutes' or extract(second from t.after) <> 0)
$$;
comment on function internal.are_slot_times(time[], interval[]) is
  'Whether these can be a slot''s times: whole minutes, before 23:45, and never from 01:00 to 03:00, which are there twice or not at all when '
  'the clocks change.';
revoke execute on function internal.are_slot_times(time[], interval[]) from public;

-- schedule/tables/cron_ticks.sql
create table public.cron_ticks (
  job text not null,
  ticked_at timestamptz not null,
  result jsonb,
  error text,
  primary key (job, ticked_at),
  constraint cron_ticks_are_minutes check (ticked_at = date_trunc('minute', ticked_at, 'UTC'))
);
comment on table public.cron_ticks is 'Ticks of the jobs that cron calls every few minutes: the proof that cron is alive, apart from its own history.';
comment on column public.cron_ticks.job is 'dispatch, alerts, reconcile, plan or outcomes.';
comment on column public.cron_ticks.ticked_at is 'The minute, UTC: a second tick in it does nothing.';
comment on column public.cron_ticks.result is 'What the call returned.';
comment on column public.cron_ticks.error is 'The error it raised; its effects were undone.';

create index cron_ticks_by_time on public.cron_ticks (ticked_at);

alter table public.cron_ticks enable row level security;
create policy cron_ticks_are_read_by_users on public.cron_ticks for select to authenticated using (true);
revoke all on public.cron_ticks from anon, authenticated, service_role;
grant select on public.cron_ticks to authenticated, service_role;

-- schedule/tables/schedule_slots.sql
-- What is to happen at a time of day in New York, once a date. Cron knows no time zone: it ticks at both offsets from UTC, SQL looks at
-- New York's clock, and a row of slot_runs by slot, date and time makes it once.
create table public.schedule_slots (
  slot text primary key,
  local_times time[] not null default '{}',
  after_close interval[] not null default '{}',
  days text not null,
  calls text not null,
  make_up_within interval not null,
  description text not null,
  active boolean not null default true,
  paused_because text,
  active_since timestamptz not null default now(),
  next_due_at timestamptz,
  publishes boolean not null default false,
  constraint schedule_slots_slot_is_snake_case check (slot ~ '^[a-z][a-z0-9_]*$'),
  constraint schedule_slots_times_are_times check (internal.are_slot_times(local_times, after_close)),
  constraint schedule_slots_calls_a_function check (calls ~ '^[a-z][a-z0-9_]*$'),
  constraint schedule_slots_days_known check (days in ('sessions', 'every_day')),
  -- A slot that is made up for on the next date would run twice at one time.
  constraint schedule_slots_are_made_up_within_a_day check (make_up_within between '0 minutes' and '23 hours'),
  constraint schedule_slots_paused_with_reason check (active = (paused_because is null))
);
comment on table public.schedule_slots is 'The schedule by New York''s clock: what happens when. What became of each slot is in slot_runs.';
comment on column public.schedule_slots.slot is 'Name; its cron job is plumbline- and the name, with hyphens.';
comment on column public.schedule_slots.local_times is 'Times of day in New York.';
comment on column public.schedule_slots.after_close is 'Times after the session''s close: 16:00, 13:00 on a half day. On a date without a session 16:00 counts.';
comment on column public.schedule_slots.days is 'sessions: on other dates it is recorded as skipped, with the reason. every_day: always.';
comment on column public.schedule_slots.calls is
  'The function of schema internal that does it: (p_date date, p_time time, p_now timestamptz) returns jsonb, what became of it, or '
  '{skipped: reason} when there was nothing that could be done. Date and time are the slot''s in New York.';
comment on column public.schedule_slots.make_up_within is 'How long after its time a missed or failed one is still made up for; 0 is never.';
comment on column public.schedule_slots.description is 'What it does.';
comment on column public.schedule_slots.active is 'false: paused by an operator; its times are recorded as skipped.';
comment on column public.schedule_slots.paused_because is 'Why it is paused.';
comment on column public.schedule_slots.active_since is 'Times before this are nobody''s: the slot did not exist, or had other times.';
comment on column public.schedule_slots.next_due_at is 'The earliest time of the slot that has no row yet, UTC; in the past only when a tick was missed and nobody noticed yet.';
comment on column public.schedule_slots.publishes is 'true: skipped while publishing_enabled is false.';

alter table public.schedule_slots enable row level security;
create policy schedule_slots_are_read_by_users on public.schedule_slots for select to authenticated using (true);
revoke all on public.schedule_slots from anon, authenticated, service_role;
grant select on public.schedule_slots to authenticated, service_role;

-- schedule/tables/schedule_ticks.sql
create table public.schedule_ticks (
  job text primary key,
  minutes text not null,
  every interval not null,
  calls text not null,
  description text not null,
  constraint schedule_ticks_job_is_snake_case check (job ~ '^[a-z][a-z0-9_]*$'),
  constraint schedule_ticks_calls_a_function check (calls ~ '^[a-z][a-z0-9_]*$'),
  constraint schedule_ticks_come_within_the_hour check (every between '1 minute' and '1 hour')
);
comment on table public.schedule_ticks is 'What cron does every few minutes, at any hour. Each tick is a row of cron_ticks.';
comment on column public.schedule_ticks.job is 'Name; its cron job is plumbline- and the name, with hyphens.';
comment on column public.schedule_ticks.minutes is 'The minutes of an hour at which it ticks, as the first field of a cron schedule.';
comment on column public.schedule_ticks.every is 'The time between two ticks.';
comment on column public.schedule_ticks.calls is
  'The function of schema internal that does it: (p_now timestamptz) returns jsonb, what became of it.';
comment on column public.schedule_ticks.description is 'What it does.';

alter table public.schedule_ticks enable row level security;
create policy schedule_ticks_are_read_by_users on public.schedule_ticks for select to authenticated using (true);
revoke all on public.schedule_ticks from anon, authenticated, service_role;
grant select on public.schedule_ticks to authenticated, service_role;

-- schedule/tables/slot_runs.sql
create table public.slot_runs (
  slot text not null references public.schedule_slots (slot),
  slot_date date not null,
  local_time time not null,
  due_at timestamptz not null,
  status text not null,
  reason text,
  result jsonb,
  attempts smallint not null default 1,
  made_up boolean not null default false,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  primary key (slot, slot_date, local_time),
  constraint slot_runs_status_known check (status in ('done', 'skipped', 'missed', 'failed')),
  constraint slot_runs_not_done_has_reason check (status = 'done' or reason is not null),
  constraint slot_runs_attempts_are_positive check (attempts >= 1),
  constraint slot_runs_end_after_they_began check (finished_at >= started_at)
);
comment on table public.slot_runs is 'What became of each slot: one row per slot, date and time in New York.';
comment on column public.slot_runs.slot is 'The slot.';
comment on column public.slot_runs.slot_date is 'The date in New York.';
comment on column public.slot_runs.local_time is 'The time of day in New York that it was due.';
comment on column public.slot_runs.due_at is 'The same as an instant, UTC.';
comment on column public.slot_runs.status is
  'done; skipped: there was nothing to do that day, the reason says why; missed: no tick came and it was too late to make up for it; '
  'failed: what it called raised an error, and its effects were undone.';
comment on column public.slot_runs.reason is 'The holiday, the pause, or the error; of a slot that was made up for, how late.';
comment on column public.slot_runs.result is 'What the call returned.';
comment on column public.slot_runs.attempts is 'How often it was tried.';
comment on column public.slot_runs.made_up is 'Whether reconcile ran it because its tick had not come, or had failed.';
comment on column public.slot_runs.started_at is 'Begun (of a missed one: noticed), UTC.';
comment on column public.slot_runs.finished_at is 'Ended, UTC.';

create index slot_runs_by_due on public.slot_runs (due_at desc);

alter table public.slot_runs enable row level security;
create policy slot_runs_are_read_by_users on public.slot_runs for select to authenticated using (true);
revoke all on public.slot_runs from anon, authenticated, service_role;
grant select on public.slot_runs to authenticated, service_role;

-- schedule/functions/note_next_due.sql
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

-- schedule/functions/pause_slot.sql
create or replace function public.pause_slot(p_slot text, p_reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  if p_reason is null or btrim(p_reason) = '' then
    perform internal.refuse(400, 'no_reason', 'A pause needs its reason: it is what skipped slots will say');
  end if;
  update public.schedule_slots set active = false, paused_because = btrim(p_reason) where slot = p_slot;
  if not found then
    perform internal.refuse(404, 'unknown_slot', format('There is no slot named %s', p_slot));
  end if;
  return jsonb_build_object('slot', p_slot, 'active', false);
end
$$;
comment on function public.pause_slot(text, text) is
  'Pauses a slot: its times are recorded as skipped, with the reason, until resume_slot. Raises no_reason, unknown_slot.';
revoke execute on function public.pause_slot(text, text) from public, anon, authenticated;
grant execute on function public.pause_slot(text, text) to service_role;

-- schedule/functions/perform_slot.sql
create or replace function internal.perform_slot(p_slot public.schedule_slots, p_date date, p_time time, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_result jsonb;
begin
  if p_slot.publishes and internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('skipped', 'publishing_enabled is false');
  end if;
  -- Dispatch asks for the workers within a minute. Asking takes a lock that must be a transaction's last: here others may follow.
  execute format('select internal.%I($1, $2, $3)', p_slot.calls) into v_result using p_date, p_time, p_now;
  return v_result;
end
$$;
comment on function internal.perform_slot(public.schedule_slots, date, time, timestamptz) is
  'Does what a slot is for, with the function that its row names; {skipped: reason} when there is nothing that could be done.';
revoke execute on function internal.perform_slot(public.schedule_slots, date, time, timestamptz) from public;

-- schedule/functions/purge.sql
create or replace function internal.purge(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_days jsonb := internal.setting('retention_days');
  v_what record;
  v_deleted integer;
  v_result jsonb := '{}';
begin
  for v_what in
    select w.name, w.relation::regclass as relation, w.rows, w.batches,
      format(w.condition, p_now - make_interval(days => (v_days ->> w.kept_as)::integer)) as condition
    from (values
      ('cron_history', 'cron_history', 'cron.job_run_details', 'coalesce(end_time, start_time) < %L', 5000, 20),
      ('cron_ticks', 'cron_ticks', 'public.cron_ticks', 'ticked_at < %L', 5000, 20),
      ('worker_requests', 'worker_requests', 'public.worker_requests', 'requested_at < %L', 5000, 20),
      ('slot_runs', 'slot_runs', 'public.slot_runs', 'due_at < %L', 5000, 20),
      ('canary_reports', 'canary_reports', 'public.canary_reports', 'issued_at < %L', 5000, 20),
      -- As long as the runs that they may have happened in.
      ('errors', 'runs', 'public.errors', 'occurred_at < %L', 5000, 20),
      -- The job then begins anew, should it ever be worked on.
      ('checkpoints', 'checkpoints', 'public.job_checkpoints',
        'saved_at < %L and job_id not in (select id from public.jobs where status = ''running'')', 500, 20),
      -- Each takes its jobs along.
      ('runs', 'runs', 'public.runs', 'finished_at < %L', 200, 25)
    ) w(name, kept_as, relation, condition, rows, batches)
  loop
    v_deleted := internal.delete_batches(v_what.relation, v_what.condition, v_what.rows, v_what.batches);
    v_result := v_result || jsonb_build_object(v_what.name, v_deleted);
    if v_deleted = v_what.rows * v_what.batches then
      v_result := jsonb_set(v_result, '{more}', coalesce(v_result -> 'more', '[]') || to_jsonb(v_what.name));
    end if;
  end loop;
  return v_result;
end
$$;
comment on function internal.purge(timestamptz) is
  'Deletes what is older than retention_days, at most 100,000 rows of a kind (10,000 checkpoints, 5,000 runs) a call; returns how many of '
  'each, and under more the kinds of which something is left for the next call. Errors are kept as long as runs; rollouts, their log and their '
  'evaluations for ever. pg_net purges its own responses.';
revoke execute on function internal.purge(timestamptz) from public;

-- schedule/functions/reconcile.sql
create or replace function internal.reconcile(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
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
  exception when query_canceled or others then
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

-- schedule/functions/record_cron_error.sql
create or replace function internal.record_cron_error(p_job text, p_message text, p_state text, p_detail text) returns void
language plpgsql set search_path = ''
as $$
begin
  perform public.record_error('cron.' || p_job,
    -- What internal.refuse raises has its code as detail.
    case when p_detail ~ '^[a-z][a-z0-9_]{0,63}$' then p_detail else 'internal_error' end,
    p_message, jsonb_build_object('sqlstate', p_state));
end
$$;
comment on function internal.record_cron_error(text, text, text, text) is
  'Records an error that a job of the schedule raised as an unhandled one, its source cron. and the job.';
revoke execute on function internal.record_cron_error(text, text, text, text) from public;

-- schedule/functions/resume_slot.sql
create or replace function public.resume_slot(p_slot text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update public.schedule_slots set active = true, paused_because = null where slot = p_slot;
  if not found then
    perform internal.refuse(404, 'unknown_slot', format('There is no slot named %s', p_slot));
  end if;
  return jsonb_build_object('slot', p_slot, 'active', true);
end
$$;
comment on function public.resume_slot(text) is 'Resumes a paused slot from its next time on. Raises unknown_slot.';
revoke execute on function public.resume_slot(text) from public, anon, authenticated;
grant execute on function public.resume_slot(text) to service_role;

-- schedule/functions/retry_slot.sql
create or replace function public.retry_slot(p_slot text, p_date date, p_time time) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_status text;
begin
  -- Before looking: what another transaction is at may be done in a moment.
  if not pg_try_advisory_xact_lock(hashtextextended(format('plumbline.slot:%s:%s:%s', p_slot, p_date, p_time), 0)) then
    return 'busy';
  end if;
  select r.status into v_status from public.slot_runs r where (r.slot, r.slot_date, r.local_time) = (p_slot, p_date, p_time);
  if v_status is null then
    perform internal.refuse(404, 'unknown_slot_run', format('%s has no row for %s %s', p_slot, p_date, p_time));
  elsif v_status not in ('failed', 'missed') then
    perform internal.refuse(409, 'not_failed', format('%s of %s %s is %s: only a failed or missed one is run again', p_slot, p_date,
      p_time, v_status));
  end if;
  update public.slot_runs set status = 'failed' where (slot, slot_date, local_time) = (p_slot, p_date, p_time);
  return internal.run_slot(p_slot, p_date, p_time, now(), true);
end
$$;
comment on function public.retry_slot(text, date, time) is
  'Runs a failed or missed slot again, now, whatever its attempts and age; returns its new status, or busy while another '
  'transaction is at it. Raises unknown_slot_run, not_failed.';
revoke execute on function public.retry_slot(text, date, time) from public, anon, authenticated;
grant execute on function public.retry_slot(text, date, time) to service_role;

-- schedule/functions/run_slot.sql
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
  if v_before.status is not null and not (v_before.status = case when p_made_up then 'failed' else 'missed' end) then
    return v_before.status;
  end if;

  begin
    select s.* into strict v_slot from public.schedule_slots s where s.slot = p_slot;
    if v_slot.days = 'sessions' then
      v_closed := internal.closed_because(p_date);
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
      elsif p_made_up then
        v_reason := format('made up for %s minutes after its time', floor(extract(epoch from p_now - v_due_at) / 60));
      end if;
    end if;
  -- others leaves out what a timeout or an operator cancels: that would take reconcile's other work with it, every time anew.
  exception when query_canceled or others then
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
    status = excluded.status, reason = excluded.reason, result = excluded.result, attempts = r.attempts + 1,
    made_up = excluded.made_up, started_at = excluded.started_at, finished_at = excluded.finished_at;
  perform internal.note_next_due(p_slot, p_now);
  return v_status;
end
$$;
comment on function internal.run_slot(text, date, time, timestamptz, boolean) is
  'Runs a slot of a date and time once and records what became of it, an error also in errors; returns the status, of an earlier run if there '
  'was one (a failed one is tried again when p_made_up, one noted as missed runs when not), or busy while another transaction is at it.';
revoke execute on function internal.run_slot(text, date, time, timestamptz, boolean) from public;

-- schedule/functions/schedule_all.sql
create or replace function internal.schedule_all() returns void
language plpgsql set search_path = ''
as $$
declare
  v_job record;
  v_names text[] := '{}';
begin
  for v_job in
    select 'plumbline-' || replace(t.job, '_', '-') as name, t.minutes || ' * * * *' as schedule, format('select internal.tick_job(%L)', t.job) as command
    from public.schedule_ticks t
    union all
    -- New York is four or five hours behind UTC. A tick at a minute or an hour that is not the slot's does nothing.
    select 'plumbline-' || replace(s.slot, '_', '-'),
      format('%s %s * * *', array_to_string(array_agg(distinct extract(minute from t.at)::integer), ','),
        array_to_string(array_agg(distinct (extract(hour from t.at)::integer + o.behind) % 24), ',')),
      format('select internal.tick_slot(%L)', s.slot)
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
  perform internal.note_next_due(s.slot, now()) from public.schedule_slots s;
end
$$;
comment on function internal.schedule_all() is
  'Makes or updates the named cron jobs (times are UTC, each slot at both of New York''s offsets) and removes those of ours that are no '
  'more. Repeating it changes nothing.';
revoke execute on function internal.schedule_all() from public;

-- schedule/functions/slot_check_divergence.sql
create or replace function internal.slot_check_divergence(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('checks', internal.plan_divergence_checks(p_date))
$$;
comment on function internal.slot_check_divergence(date, time, timestamptz) is 'Slot check_divergence: plans the days divergence checks.';
revoke execute on function internal.slot_check_divergence(date, time, timestamptz) from public;

-- schedule/functions/slot_evaluate_rollout.sql
create or replace function internal.slot_evaluate_rollout(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.plan_evaluation(internal.slot_key(p_date, p_time))
$$;
comment on function internal.slot_evaluate_rollout(date, time, timestamptz) is 'Slot evaluate_rollout: plans an evaluation of the rollout that runs.';
revoke execute on function internal.slot_evaluate_rollout(date, time, timestamptz) from public;

-- schedule/functions/slot_forecast.sql
create or replace function internal.slot_forecast(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('forecasts', internal.plan_forecasts())
$$;
comment on function internal.slot_forecast(date, time, timestamptz) is 'Slot forecast: plans the forecasts that are missing from the latest bars.';
revoke execute on function internal.slot_forecast(date, time, timestamptz) from public;

-- schedule/functions/slot_ingest.sql
create or replace function internal.slot_ingest(p_date date, p_time time, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_result jsonb := public.plan_ingestion(internal.slot_key(p_date, p_time));
begin
  if v_result ->> 'run_id' is null then
    return jsonb_build_object('skipped', coalesce(v_result ->> 'reason', 'nothing was planned'));
  end if;
  return v_result;
end
$$;
comment on function internal.slot_ingest(date, time, timestamptz) is 'Slot ingest: plans the fetching of new bars; skipped when nothing was planned.';
revoke execute on function internal.slot_ingest(date, time, timestamptz) from public;

-- schedule/functions/slot_key.sql
create or replace function internal.slot_key(p_date date, p_time time) returns text
language sql immutable set search_path = ''
as $$
  select format('slot:%s:%s', p_date, to_char(p_time, 'HH24:MI'))
$$;
comment on function internal.slot_key(date, time) is 'The key under which a slot plans a run: once a date and time.';
revoke execute on function internal.slot_key(date, time) from public;

-- schedule/functions/slot_measure_health.sql
create or replace function internal.slot_measure_health(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select public.measure_queries()
$$;
comment on function internal.slot_measure_health(date, time, timestamptz) is 'Slot measure_health: measures what the monitoring queries and a claim take.';
revoke execute on function internal.slot_measure_health(date, time, timestamptz) from public;

-- schedule/functions/slot_purge.sql
create or replace function internal.slot_purge(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.purge(p_now)
$$;
comment on function internal.slot_purge(date, time, timestamptz) is 'Slot purge: deletes what is older than retention_days.';
revoke execute on function internal.slot_purge(date, time, timestamptz) from public;

-- schedule/functions/slot_score.sql
create or replace function internal.slot_score(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('scored', internal.score_outcomes())
$$;
comment on function internal.slot_score(date, time, timestamptz) is 'Slot score: scores the forecasts whose bars have come.';
revoke execute on function internal.slot_score(date, time, timestamptz) from public;

-- schedule/functions/slot_times.sql
-- The planner expects many more rows than there are, so that Postgres would compile it at each call where it can, for thirty times as long
-- as it takes to run: reconcile, which asks it for every slot, took seconds instead of a tenth of one.
create or replace function internal.slot_times(p_from date, p_until date) returns table (
  slot text, slot_date date, local_time time, due_at timestamptz, closed_because text)
language sql stable set search_path = '' set jit = off
as $$
  select s.slot, d.date, t.local_time, internal.new_york_time(d.date, t.local_time),
    case when s.days = 'sessions' then d.closed_because end
  from (
    select g.day::date as date, internal.closed_because(g.day::date) as closed_because,
      case when internal.is_half_day(g.day::date) then '13:00'::time else '16:00' end as close
    from generate_series(p_from::timestamp, p_until::timestamp, interval '1 day') g(day)
  ) d
  cross join public.schedule_slots s
  cross join lateral (
    select unnest(s.local_times) as local_time
    union
    select d.close + a.after from unnest(s.after_close) a(after)
  ) t
$$;
comment on function internal.slot_times(date, date) is
  'Every time of every slot on the dates from p_from to p_until in New York, as an instant too, and why it is to be skipped there '
  '(null: it is not). Raises calendar_ends.';
revoke execute on function internal.slot_times(date, date) from public;

-- schedule/functions/slot_validate.sql
create or replace function internal.slot_validate(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('windows', internal.plan_validations(null))
$$;
comment on function internal.slot_validate(date, time, timestamptz) is 'Slot validate: plans walk-forward windows that are due.';
revoke execute on function internal.slot_validate(date, time, timestamptz) from public;

-- schedule/functions/tick_alerts.sql
create or replace function internal.tick_alerts(p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.watch_errors(p_now) || internal.deliver_alerts(p_now)
$$;
comment on function internal.tick_alerts(timestamptz) is 'Tick alerts: opens and resolves alerts on errors, and delivers all alerts.';
revoke execute on function internal.tick_alerts(timestamptz) from public;

-- schedule/functions/tick_dispatch.sql
create or replace function internal.tick_dispatch(p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('workers', public.dispatch_workers())
$$;
comment on function internal.tick_dispatch(timestamptz) is 'Tick dispatch: asks for workers for the jobs that wait.';
revoke execute on function internal.tick_dispatch(timestamptz) from public;

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
  exception when others then
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
  'errors) instead of losing the tick with it.';
revoke execute on function internal.tick_job(text, timestamptz) from public;

-- schedule/functions/tick_outcomes.sql
create or replace function internal.tick_outcomes(p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('scored', public.score_outcomes())
$$;
comment on function internal.tick_outcomes(timestamptz) is 'Tick outcomes: scores the forecasts whose bars have come.';
revoke execute on function internal.tick_outcomes(timestamptz) from public;

-- schedule/functions/tick_plan.sql
create or replace function internal.tick_plan(p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select public.plan_work()
$$;
comment on function internal.tick_plan(timestamptz) is 'Tick plan: plans the work that is missing.';
revoke execute on function internal.tick_plan(timestamptz) from public;

-- schedule/functions/tick_slot.sql
create or replace function internal.tick_slot(p_slot text, p_now timestamptz default now()) returns text
language plpgsql set search_path = ''
as $$
declare
  v_today date := (p_now at time zone 'America/New_York')::date;
  v_due record;
begin
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
  'Cron''s tick of a slot: runs it when its time in New York has come within the last ten minutes, and otherwise does nothing (null).';
revoke execute on function internal.tick_slot(text, timestamptz) from public;

-- schedule/triggers/begin_new_times.sql
create or replace function internal.begin_new_times() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.active_since := now();
  return new;
end
$$;
comment on function internal.begin_new_times() is 'Trigger: a slot''s new times count from now on, so that none of last week''s is missed.';
revoke execute on function internal.begin_new_times() from public;

create trigger schedule_slots_begin_new_times before update of local_times, after_close, days on public.schedule_slots
for each row when ((new.local_times, new.after_close, new.days) is distinct from (old.local_times, old.after_close, old.days))
execute function internal.begin_new_times();

-- schedule/views/vw_missed_ticks.sql
create or replace view public.vw_missed_ticks with (security_invoker = true) as
with ticks as (
  select c.job, c.ticked_at, lag(c.ticked_at) over (partition by c.job order by c.ticked_at) as before
  from (
    select t.job, t.ticked_at from public.cron_ticks t where t.ticked_at > now() - interval '7 days' and t.ticked_at <= now()
    union all
    -- What has not ticked since.
    select distinct t.job, now() from public.cron_ticks t where t.ticked_at > now() - interval '7 days' and t.ticked_at <= now()
  ) c
)
select 'cron' as kind, t.job as name, t.before as last_before, t.ticked_at as until,
  (ceil(extract(epoch from t.ticked_at - t.before) / extract(epoch from j.every)) - 1)::integer as missed,
  format('no tick for %s minutes', floor(extract(epoch from t.ticked_at - t.before) / 60)) as reason
from ticks t
join public.schedule_ticks j on j.job = t.job
where t.ticked_at - t.before > 1.5 * j.every
union all
select 'slot', r.slot, r.due_at, r.finished_at, 1, format('%s: %s', r.status, r.reason)
from public.slot_runs r
where r.status in ('missed', 'failed') and r.due_at > now() - interval '7 days';
comment on view public.vw_missed_ticks is
  'The last seven days'' ticks that did not come: gaps between two ticks of a cron job longer than one and a half of its intervals (the '
  'last one ends now), and slots that were missed or failed.';
comment on column public.vw_missed_ticks.kind is 'cron or slot.';
comment on column public.vw_missed_ticks.name is 'The job of cron, or the slot.';
comment on column public.vw_missed_ticks.last_before is 'Of cron: the tick before the gap; of a slot: when it was due. UTC.';
comment on column public.vw_missed_ticks.until is 'Of cron: the next tick, or now; of a slot: when it was tried last or noticed. UTC.';
comment on column public.vw_missed_ticks.missed is 'How many ticks did not come.';
comment on column public.vw_missed_ticks.reason is 'In words.';

revoke all on public.vw_missed_ticks from anon, authenticated, service_role;
grant select on public.vw_missed_ticks to authenticated, service_role;

-- schedule/views/vw_run_health.sql
create or replace view public.vw_run_health with (security_invoker = true) as
with installed as (
  select min(s.active_since) as at from public.schedule_slots s
), queue as (
  select
    count(*) filter (where j.claimable) as waiting,
    extract(epoch from now() - min(j.since) filter (where j.claimable)) / 60 as oldest_minutes,
    count(*) filter (where j.status = 'queued' and j.run_after > now()) as backing_off,
    count(*) filter (where j.status = 'running' and j.lease_until >= now()) as running,
    count(*) filter (where j.status = 'running' and j.lease_until < now()) as expired,
    count(*) filter (where j.status = 'running' and j.lease_until < now() - interval '10 minutes') as stalled,
    min(j.lease_until) filter (where j.status = 'running' and j.lease_until < now()) as earliest_expiry
  from (
    select x.status, x.run_after, x.lease_until, case when x.status = 'running' then x.lease_until else x.run_after end as since,
      x.attempts < x.max_attempts
        and (x.status = 'queued' and x.run_after <= now() or x.status = 'running' and x.lease_until < now()) as claimable
    from public.jobs x where x.status in ('queued', 'running')
  ) j
), unclaimed as (
  -- Functions whose jobs wait while none of theirs is claimed: the others' claims say nothing of them.
  select coalesce(array_agg(d.function_name order by d.function_name), '{}') as functions
  from (
    select k.worker as function_name, min(case when x.status = 'running' then x.lease_until else x.run_after end) as since
    from public.jobs x
    join public.job_kinds k on k.kind = x.kind
    where x.status in ('queued', 'running') and x.attempts < x.max_attempts
      and (x.status = 'queued' and x.run_after <= now() or x.status = 'running' and x.lease_until < now())
    group by 1
  ) d
  where d.since < now() - interval '15 minutes' and not exists (
    select from public.worker_requests w
    where w.function_name = d.function_name and w.claimed_at between now() - interval '15 minutes' and now() + interval '10 minutes')
), answers as (
  -- By function: one that answers says nothing of another that does not.
  select coalesce(bool_or(l.failed), false) as failing
  from (
    select distinct on (w.function_name) w.response_error is not null or w.response_status >= 400 as failed
    from public.worker_requests w
    where w.requested_at between now() - interval '1 day' and now() + interval '10 minutes'
      and (w.response_status is not null or w.response_error is not null)
    order by w.function_name, w.requested_at desc, w.id desc
  ) l
), requests as (
  select
    count(*) filter (where w.requested_at > now() - interval '1 hour') as made,
    count(*) filter (where w.requested_at > now() - interval '1 hour' and w.claimed_at is not null) as claimed,
    -- Two minutes are for the way there and the start of the function.
    count(*) filter (where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes') as lately,
    count(*) filter (
      where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes' and w.claimed_at is not null
    ) as lately_claimed,
    max(w.requested_at) as last_request,
    max(w.claimed_at) as last_claim,
    count(*) filter (where w.response_status is not null or w.response_error is not null) as noted,
    count(*) filter (where w.response_error is not null or w.response_status >= 400) as refused,
    max(w.requested_at) filter (where w.response_status < 400) as last_answer,
    (array_agg(format('%s: %s', w.function_name, coalesce(w.response_error, 'status ' || w.response_status)) order by w.id desc)
      filter (where w.response_error is not null or w.response_status >= 400))[1] as failure
  from public.worker_requests w where w.requested_at between now() - interval '1 day' and now() + interval '10 minutes'
), presence as materialized (
  select p.*, case when p.newest_bar >= p.expected_cutoff then 0 when p.newest_bar is not null then greatest(1, (
    select count(*) from generate_series(
      (p.newest_bar at time zone 'UTC')::date + interval '1 day', p.session_date::timestamp, interval '1 day') g(day)
    where extract(isodow from g.day) < 6
      and not exists (select from public.calendar_exceptions e where e.session_date = g.day::date and e.kind = 'closed')
  )) end as sessions_behind
  from public.vw_forecast_presence p
), settings as (
  select max(t.value #>> '{}') filter (where t.name = 'publishing_enabled') = 'true' as publishing,
    max(t.value #>> '{}') filter (where t.name = 'max_workers') as max_workers
  from public.settings t where t.name in ('publishing_enabled', 'max_workers')
), checks as (
  select 1 as place, 'cron' as check_name, j.job as subject,
    case
      when t.last is null and installed.at > now() - 3 * j.every then null
      else coalesce(t.last > now() - 3 * j.every and t.error is null, false)
    end as ok,
    jsonb_build_object('last_tick', t.last, 'ticks_last_hour', t.ticks, 'expected_last_hour', t.expected, 'last_error', t.error) as figures,
    t.last_good as last_good_at,
    case
      when t.last is null then format('%s has never ticked', j.job)
      else format('%s last ticked %s min ago; %s of %s ticks in the last hour%s', j.job,
        floor(extract(epoch from now() - t.last) / 60), t.ticks, t.expected, coalesce('; it failed: ' || t.error, ''))
    end as sentence
  from public.schedule_ticks j
  cross join installed
  cross join lateral (
    select max(c.ticked_at) as last, max(c.ticked_at) filter (where c.error is null) as last_good,
      count(*) filter (where c.ticked_at > now() - interval '1 hour') as ticks,
      least(extract(epoch from interval '1 hour') / extract(epoch from j.every),
        floor(extract(epoch from now() - min(c.ticked_at)) / extract(epoch from j.every)) + 1)::integer as expected,
      (array_agg(c.error order by c.ticked_at desc))[1] as error
    from public.cron_ticks c where c.job = j.job and c.ticked_at <= now() + interval '10 minutes'
  ) t

  union all
  select 2, 'slot', s.slot,
    case
      when s.next_due_at < now() - interval '20 minutes' then false
      when not s.active or r.status is null then null
      else r.status in ('done', 'skipped')
    end,
    jsonb_build_object('last_date', r.slot_date, 'last_time', to_char(r.local_time, 'HH24:MI'), 'last_status', r.status,
      'last_reason', r.reason, 'last_result', r.result, 'next_due_at', s.next_due_at, 'missed_7_days', w.missed,
      'failed_7_days', w.failed, 'made_up_7_days', w.made_up),
    w.last_done,
    case
      when s.next_due_at < now() - interval '20 minutes' then
        format('%s was due at %s New York time and nothing ran nor noticed', s.slot,
          to_char(s.next_due_at at time zone 'America/New_York', 'YYYY-MM-DD HH24:MI'))
      when not s.active then format('%s is paused: %s', s.slot, s.paused_because)
      when r.status is null then format('%s has not been due yet', s.slot)
      else format('%s of %s %s is %s%s', s.slot, r.slot_date, to_char(r.local_time, 'HH24:MI'), r.status, coalesce(': ' || r.reason, ''))
    end || format('; in 7 days %s missed, %s failed, %s made up for', w.missed, w.failed, w.made_up)
  from public.schedule_slots s
  left join lateral (
    select x.* from public.slot_runs x where x.slot = s.slot order by x.due_at desc limit 1
  ) r on true
  cross join lateral (
    select count(*) filter (where x.status = 'missed') as missed, count(*) filter (where x.status = 'failed') as failed,
      count(*) filter (where x.made_up and x.status = 'done') as made_up,
      max(x.finished_at) filter (where x.status = 'done') as last_done
    from public.slot_runs x where x.slot = s.slot and x.due_at > now() - interval '7 days'
  ) w

  union all
  -- Windows may wait long behind others: that is a queue at work, as long as jobs are claimed.
  select 3, 'queue', null,
    cardinality(u.functions) = 0,
    jsonb_build_object('waiting', q.waiting, 'oldest_waiting_minutes', round(q.oldest_minutes), 'unclaimed', u.functions,
      'backing_off', q.backing_off, 'running', q.running, 'max_workers', t.max_workers::integer, 'last_claim', r.last_claim),
    r.last_claim,
    format('%s jobs wait%s, %s back off, %s run; max_workers is %s%s', q.waiting,
      case when q.waiting > 0 then format(', the oldest for %s minutes', floor(q.oldest_minutes)) else '' end, q.backing_off, q.running,
      t.max_workers, coalesce('; claimed none in a quarter of an hour: ' || nullif(array_to_string(u.functions, ', '), ''), ''))
  from queue q cross join requests r cross join unclaimed u cross join settings t

  union all
  select 4, 'dead_jobs', null, d.dead = 0, jsonb_build_object('dead_24_hours', d.dead, 'latest', d.latest), d.last_success,
    format('%s jobs ended dead in the last 24 hours%s', d.dead, coalesce('; the latest: ' || d.latest, ''))
  from (
    select count(*) filter (where j.status = 'dead') as dead,
      (array_agg(format('job %s, %s: %s', j.id, j.error_code, j.error_message) order by j.finished_at desc)
        filter (where j.status = 'dead'))[1] as latest,
      max(j.finished_at) filter (where j.status = 'succeeded') as last_success
    from public.jobs j where j.finished_at > now() - interval '1 day'
  ) d

  union all
  select 5, 'leases', null, q.stalled = 0,
    jsonb_build_object('running', q.running, 'past_lease', q.expired, 'past_lease_10_minutes', q.stalled), null::timestamptz,
    format('%s running jobs are past their lease%s', q.expired, case when q.expired > 0
      then format(', one for %s minutes', floor(extract(epoch from now() - q.earliest_expiry) / 60)) else '' end)
  from queue q

  union all
  select 6, 'workers', null,
    case
      when r.made = 0 then null
      else not (r.lately > 0 and r.lately_claimed = 0 and q.waiting > 0)
    end,
    jsonb_build_object('requests_last_hour', r.made, 'claimed_last_hour', r.claimed, 'last_request', r.last_request,
      'last_claim', r.last_claim), r.last_claim,
    format('%s workers were asked for in the last hour and %s of them claimed a job', r.made, r.claimed)
  from requests r cross join queue q

  union all
  select 7, 'requests', null,
    case when r.noted = 0 then null else not a.failing end,
    jsonb_build_object('answers_24_hours', r.noted, 'failed_24_hours', r.refused, 'latest_failure', r.failure), r.last_answer,
    format('of the last day''s requests through pg_net %s were answered or given up, %s of them failed%s', r.noted, r.refused,
      coalesce('; the latest: ' || r.failure, ''))
  from requests r cross join answers a

  union all
  select 8, 'forecasts', h.horizon,
    case when not t.publishing or p.expected = 0 then null else p.there = p.expected end,
    jsonb_build_object('session', p.session_date, 'expected', p.expected, 'there', p.there, 'missing', p.missing, 'without_bars', p.bare),
    p.last_issued,
    case
      when not t.publishing then 'publishing_enabled is false: nothing is forecast'
      when p.expected = 0 then format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day',
        h.horizon)
      else format('%s of %s forecasts of the session of %s are there%s', p.there, p.expected, p.session_date, coalesce('; missing: ' || (
        select string_agg(m.name, ', ' order by m.name) from jsonb_array_elements_text(p.missing) m(name)), ''))
    end
  from (select distinct unnest(s.horizons) as horizon from public.symbols s where s.active) h
  cross join settings t
  cross join lateral (
    select max(x.session_date) as session_date, count(*) filter (where x.state <> 'no_bars') as expected,
      count(*) filter (where x.state = 'there') as there, count(*) filter (where x.state = 'no_bars') as bare,
      coalesce(jsonb_agg(format('%s %s (%s)', x.symbol, x.ensemble, x.state)) filter (where x.state not in ('there', 'no_bars')), '[]')
        as missing,
      max(x.issued_at) as last_issued
    from presence x where x.horizon = h.horizon
  ) p

  union all
  select 9, 'bars', h.horizon, case when p.behind is null then null else p.behind = 0 end,
    jsonb_build_object('session', p.session_date, 'symbols', p.symbols, 'symbols_behind', p.symbols_behind, 'most_sessions_behind', p.behind,
      'of', p.slowest, 'newest_bar', p.newest),
    p.newest,
    case
      when p.behind is null then format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day',
        h.horizon)
      when p.behind = 0 then format('all %s symbols have the session of %s', p.symbols, p.session_date)
      else format('%s of %s symbols lack the session of %s; %s is %s sessions behind', p.symbols_behind, p.symbols, p.session_date,
        p.slowest, p.behind)
    end
  from (select distinct unnest(s.horizons) as horizon from public.symbols s where s.active) h
  cross join lateral (
    select max(x.session_date) as session_date, count(distinct x.symbol) as symbols,
      count(distinct x.symbol) filter (where x.sessions_behind > 0) as symbols_behind, max(x.sessions_behind) as behind,
      (array_agg(x.symbol order by x.sessions_behind desc, x.symbol))[1] as slowest, max(x.newest_bar) as newest
    from presence x where x.horizon = h.horizon and x.newest_bar is not null
  ) p

  union all
  select 10, 'publishing', null, t.publishing, jsonb_build_object('publishing_enabled', t.publishing), null::timestamptz,
    case when t.publishing then 'forecasts are planned and published' else 'the kill switch is on: nothing is planned or published' end
  from settings t

  union all
  select 11, 'calendar', null, c.until > (now() + interval '1 year')::date, jsonb_build_object('known_until', c.until), null::timestamptz,
    format('the trading calendar knows every session until %s', c.until)
  from (
    select make_date(extract(year from max(e.session_date))::integer, 12, 31) as until
    from public.calendar_exceptions e where e.source = 'rules'
  ) c

  union all
  select 12, 'alerts', null,
    case
      when d.failed + d.unknown + d.overdue > 0 then false
      when d.delivered = 0 then null
      else true
    end,
    jsonb_build_object('delivered_24_hours', d.delivered, 'failed_24_hours', d.failed, 'unknown_24_hours', d.unknown,
      'skipped_24_hours', d.skipped, 'waiting', d.waiting, 'waiting_half_an_hour', d.overdue, 'latest_reason', d.reason), d.last_delivered,
    format('of the last day''s alerts %s were delivered, %s failed, %s may not have arrived, %s were skipped; %s wait%s', d.delivered, d.failed,
      d.unknown, d.skipped, d.waiting, coalesce('; the latest: ' || d.reason, ''))
  from (
    select
      count(*) filter (where x.status = 'delivered') as delivered,
      count(*) filter (where x.status = 'failed') as failed,
      count(*) filter (where x.status = 'unknown') as unknown,
      count(*) filter (where x.status = 'skipped') as skipped,
      count(*) filter (where x.status in ('waiting', 'sent')) as waiting,
      count(*) filter (where x.status in ('waiting', 'sent') and x.created_at < now() - interval '30 minutes') as overdue,
      max(x.delivered_at) as last_delivered,
      (array_agg(x.reason order by x.id desc) filter (where x.reason is not null))[1] as reason
    from public.alert_deliveries x
    where x.level <> 'digest' and (x.created_at > now() - interval '1 day' or x.status in ('waiting', 'sent'))
  ) d
)
select
  c.check_name,
  c.subject,
  c.ok,
  case when c.ok is null then 'insufficient' when c.ok then 'ok' else 'failing' end as status,
  c.figures,
  c.last_good_at,
  c.sentence
from checks c
order by c.place, c.subject;
comment on view public.vw_run_health is
  'Whether what runs unattended does run: one row per check (cron, slot, queue, dead_jobs, leases, workers, requests, forecasts, bars, '
  'publishing, calendar, alerts), computed from rows and from now(). docs/operations.md says what to do about each.';
comment on column public.vw_run_health.check_name is 'The check.';
comment on column public.vw_run_health.subject is 'Cron job, slot or horizon that it is about; null when there is but one.';
comment on column public.vw_run_health.ok is 'Whether all is well; null when there is nothing to tell it by.';
comment on column public.vw_run_health.status is 'ok, failing, or insufficient: nothing is known.';
comment on column public.vw_run_health.figures is 'What it was told by.';
comment on column public.vw_run_health.last_good_at is 'When it was last seen well, UTC; null when never, or where that means nothing.';
comment on column public.vw_run_health.sentence is 'The same in words.';

revoke all on public.vw_run_health from anon, authenticated, service_role;
grant select on public.vw_run_health to authenticated, service_role;
