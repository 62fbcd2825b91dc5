-- Slots: what is to happen at a time of day in New York, once a date. Cron knows no time zone: it ticks at both offsets from UTC, SQL
-- looks at New York's clock, and a row by slot, date and time makes it once.

create function internal.check_schedule_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_number double precision := case when jsonb_typeof(new.value) = 'number' then (new.value #>> '{}')::double precision end;
  v_good boolean := true;
begin
  case new.name
    when 'slot_attempts' then
      v_good := v_number = floor(v_number) and v_number between 1 and 100;
    when 'forecast_deadline_minutes' then
      v_good := v_number = floor(v_number) and v_number between 0 and 1000;
    when 'retention_days' then
      v_good := jsonb_typeof(new.value) = 'object' and coalesce((
        select bool_and(jsonb_typeof(d.value) = 'number' and d.value #>> '{}' ~ '^[0-9]{1,5}$' and (d.value #>> '{}')::integer >= case d.key when 'slot_runs' then 9 else 1 end)
          and array_agg(d.key order by d.key) = array[
            'canary_reports', 'checkpoints', 'cron_history', 'cron_ticks', 'runs', 'slot_runs', 'worker_requests']
        from jsonb_each(new.value) d), false);
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse(400, 'invalid_setting', format('%s cannot be %s. %s', new.name, new.value, new.description));
  end if;
  return new;
end
$$;
comment on function internal.check_schedule_setting() is 'Trigger: refuses a value of a schedule''s setting that its readers could not use (invalid_setting).';
revoke execute on function internal.check_schedule_setting() from public;
create trigger settings_check_schedule before insert or update on public.settings
for each row execute function internal.check_schedule_setting();

insert into public.settings (name, value, description) values
  ('slot_attempts', '3', 'How often a slot that failed is tried in all. Positive integer.'),
  ('forecast_deadline_minutes', '105',
   'Minutes after a session''s close by which its forecasts are expected to be there. Integer, 0 or more.'),
  ('retention_days',
   '{"cron_history": 14, "cron_ticks": 7, "worker_requests": 7, "checkpoints": 30, "slot_runs": 400, "canary_reports": 400, "runs": 400}',
   'Days after which purge deletes, by what: ended runs with their jobs, cron''s own history, and so on. Positive integers, all seven; slot_runs '
   'at least 9, for reconcile looks back seven days.');

create function internal.are_slot_times(p_local_times time[], p_after_close interval[]) returns boolean
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
  constraint schedule_slots_slot_is_snake_case check (slot ~ '^[a-z][a-z0-9_]*$'),
  constraint schedule_slots_times_are_times check (internal.are_slot_times(local_times, after_close)),
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
comment on column public.schedule_slots.calls is 'What it calls, for people.';
comment on column public.schedule_slots.make_up_within is 'How long after its time a missed or failed one is still made up for; 0 is never.';
comment on column public.schedule_slots.description is 'What it does.';
comment on column public.schedule_slots.active is 'false: paused by an operator; its times are recorded as skipped.';
comment on column public.schedule_slots.paused_because is 'Why it is paused.';
comment on column public.schedule_slots.active_since is 'Times before this are nobody''s: the slot did not exist, or had other times.';
comment on column public.schedule_slots.next_due_at is 'The earliest time of the slot that has no row yet, UTC; in the past only when a tick was missed and nobody noticed yet.';

create function internal.begin_new_times() returns trigger
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

-- The first half session ends at 13:30, and its bar counts as finished 20 minutes later (settlingMinutes of the providers).
insert into public.schedule_slots (slot, local_times, after_close, days, calls, make_up_within, description) values
  ('ingest', '{13:55}', '{30 minutes, 4 hours 15 minutes}', 'sessions', 'public.plan_ingestion(slot''s key)', '15 hours',
   'Fetches new bars: of the first half session, after the close, and in the evening for what a provider had late.'),
  ('score', '{14:10}', '{45 minutes, 4 hours 30 minutes}', 'sessions', 'internal.score_outcomes()', '15 hours',
   'Scores the forecasts whose bars have come.'),
  ('forecast', '{14:15}', '{1 hour, 4 hours 45 minutes}', 'sessions', 'internal.plan_forecasts()', '15 hours',
   'Plans the forecasts that are missing from the latest bars.'),
  ('validate', '{}', '{5 hours}', 'sessions', 'internal.plan_validations(null)', '15 hours',
   'Plans walk-forward windows where the last validation is validation_interval_days old.'),
  ('check_divergence', '{07:00}', '{}', 'sessions', 'internal.plan_divergence_checks(date)', '12 hours',
   'Plans a divergence check of every validated symbol, horizon and ensemble over the stored windows.'),
  ('canary_report', '{08:00, 12:00, 18:00}', '{}', 'sessions', 'internal.report_canary(date, time)', '1 hour',
   'Writes a row of canary_reports.'),
  ('purge', '{03:17}', '{}', 'every_day', 'internal.purge()', '20 hours',
   'Deletes what is older than retention_days.');

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

create table public.cron_ticks (
  job text not null,
  ticked_at timestamptz not null,
  result jsonb,
  error text,
  primary key (job, ticked_at),
  constraint cron_ticks_are_minutes check (ticked_at = date_trunc('minute', ticked_at, 'UTC'))
);
comment on table public.cron_ticks is 'Ticks of the jobs that cron calls every few minutes: the proof that cron is alive, apart from its own history.';
comment on column public.cron_ticks.job is 'dispatch, reconcile, plan or outcomes.';
comment on column public.cron_ticks.ticked_at is 'The minute, UTC: a second tick in it does nothing.';
comment on column public.cron_ticks.result is 'What the call returned.';
comment on column public.cron_ticks.error is 'The error it raised; its effects were undone.';
create index cron_ticks_by_time on public.cron_ticks (ticked_at);

alter table public.schedule_slots enable row level security;
alter table public.slot_runs enable row level security;
alter table public.cron_ticks enable row level security;
create policy schedule_slots_are_read_by_users on public.schedule_slots for select to authenticated using (true);
create policy slot_runs_are_read_by_users on public.slot_runs for select to authenticated using (true);
create policy cron_ticks_are_read_by_users on public.cron_ticks for select to authenticated using (true);
revoke all on public.schedule_slots, public.slot_runs, public.cron_ticks from anon, authenticated, service_role;
grant select on public.schedule_slots, public.slot_runs, public.cron_ticks to authenticated, service_role;

-- The planner expects many more rows than there are, so that Postgres would compile it at each call where it can, for thirty times as long
-- as it takes to run: reconcile, which asks it for every slot, took seconds instead of a tenth of one.
create function internal.slot_times(p_from date, p_until date) returns table (
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

create function internal.note_next_due(p_slot text, p_now timestamptz) returns void
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

create function internal.plan_forecasts() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_ensemble public.ensembles;
  v_horizon text;
  v_planned integer := 0;
begin
  -- Two at once would both see the same work as missing.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  for v_symbol in select s.* from public.symbols s where s.active order by s.id loop
    foreach v_horizon in array v_symbol.horizons loop
      continue when internal.window_sizes(v_horizon) is null;
      for v_ensemble in select e.* from public.ensembles e where e.active order by e.ensemble loop
        v_planned := v_planned + internal.plan_forecast(v_symbol, v_horizon, v_ensemble);
      end loop;
    end loop;
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_forecasts() is 'Plans, for every active symbol, a forecast from the latest bar where there is none; returns how many.';
revoke execute on function internal.plan_forecasts() from public;

create function internal.plan_validations(p_windows integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_ensemble public.ensembles;
  v_horizon text;
  v_planned integer := 0;
  v_interval interval := make_interval(
    secs => 86400 * (internal.setting('validation_interval_days') #>> '{}')::double precision);
begin
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  for v_symbol in select s.* from public.symbols s where s.active order by s.id loop
    foreach v_horizon in array v_symbol.horizons loop
      continue when internal.window_sizes(v_horizon) is null;
      for v_ensemble in select e.* from public.ensembles e where e.active order by e.ensemble loop
        -- On schedule a symbol is validated once an interval, and when nothing that was validated holds any more; asked for
        -- by number, at once.
        if p_windows is not null
          or not exists (select from internal.valid_windows(v_symbol.id, v_horizon, v_ensemble.config_hash))
          or not exists (
          select from public.runs r
          where r.kind = 'validation' and r.status <> 'failed'
            and r.ensemble = v_ensemble.ensemble and r.config_hash = v_ensemble.config_hash
            and r.params @> jsonb_build_object('symbols', jsonb_build_array(v_symbol.symbol), 'horizon', v_horizon)
            and r.created_at > now() - v_interval) then
          v_planned := v_planned + internal.plan_validation(v_symbol, v_horizon, v_ensemble, p_windows);
        end if;
      end loop;
    end loop;
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_validations(integer) is
  'Plans walk-forward windows for every active symbol whose last validation is an interval old (with p_windows: that many, now); returns '
  'how many.';
revoke execute on function internal.plan_validations(integer) from public;

create or replace function public.plan_work(p_windows integer default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_forecasts integer;
  v_windows integer;
begin
  if internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('forecasts', 0, 'windows', 0, 'reason', 'publishing_enabled is false');
  end if;
  v_forecasts := internal.plan_forecasts();
  v_windows := internal.plan_validations(p_windows);
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return jsonb_build_object('forecasts', v_forecasts, 'windows', v_windows);
end
$$;

-- A run of its own: the check after a validation's last window belongs to that validation.
alter table public.runs drop constraint runs_kind_known;
alter table public.runs add constraint runs_kind_known check (
  kind in ('forecast', 'validation', 'ingestion', 'divergence_check')
) not valid;
comment on column public.runs.kind is
  'forecast: one forecast a symbol. validation: walk-forward windows of one symbol, then the divergence check. ingestion: bars from a '
  'provider, a job a symbol and timeframe. divergence_check: the daily check of one symbol''s stored windows.';

create function internal.plan_divergence_checks(p_date date) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_subject record;
  v_run_id uuid;
  v_planned integer := 0;
begin
  for v_subject in
    select s.id, s.symbol, h.horizon, e.ensemble, e.config_hash
    from public.symbols s
    cross join unnest(s.horizons) h(horizon)
    cross join public.ensembles e
    where s.active and e.active and internal.window_sizes(h.horizon) is not null
      and exists (select from internal.valid_windows(s.id, h.horizon, e.config_hash))
    order by s.id, h.horizon, e.ensemble
  loop
    v_run_id := internal.create_run('divergence_check', v_subject.ensemble, format('divergence_check:%s:%s:%s:%s:%s',
      v_subject.symbol, v_subject.horizon, v_subject.ensemble, v_subject.config_hash, p_date), 'schedule', null, null,
      jsonb_build_object('symbols', jsonb_build_array(v_subject.symbol), 'horizon', v_subject.horizon));
    continue when v_run_id is null;
    perform internal.add_job(v_run_id, 'check_divergence', v_subject.symbol, jsonb_build_object(
      'symbol', v_subject.symbol, 'horizon', v_subject.horizon, 'ensemble', v_subject.ensemble,
      'sizes', internal.window_sizes(v_subject.horizon)), 50);
    v_planned := v_planned + 1;
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_divergence_checks(date) is
  'Plans a divergence check, once a date, of every active symbol, horizon and ensemble with validated windows; returns how many.';
revoke execute on function internal.plan_divergence_checks(date) from public;
