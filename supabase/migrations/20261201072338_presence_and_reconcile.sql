-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- With the id, so that a session's forecasts are looked up in the index alone.
create index forecasts_by_cutoff_and_id on public.forecasts (data_cutoff, horizon, ensemble, config_hash) include (symbol_id, issued_at, id);
-- squawk-ignore require-concurrent-index-deletion
drop index public.forecasts_by_cutoff;
alter index public.forecasts_by_cutoff_and_id rename to forecasts_by_cutoff;
alter table public.forecasts set (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);

comment on column public.slot_runs.status is
  'done; unfinished: it stopped for the time it took, or was noticed not to be done, and goes on within a minute; skipped: there was nothing to do that day, the reason '
  'says why; missed: no tick came and it was too late to make up for it; failed: what it called raised an error, and its effects were undone.';
comment on column public.slot_runs.made_up is 'Whether it ran because reconcile noticed that its tick had not come, or had failed.';
comment on column public.slot_runs.started_at is 'Begun, UTC; of one whose tick did not come or failed: when reconcile noticed.';

-- forecasts/views/vw_forecast_presence.sql
create or replace view public.vw_forecast_presence with (security_invoker = true) as
with recent as (
  select d.date, coalesce(x.half_day, false) as half_day,
    (d.date + case when x.half_day then '13:00'::time else '16:00' end) at time zone 'America/New_York' as close_at
  from (
    select g.day::date as date
    from generate_series(
      (now() at time zone 'America/New_York')::date - interval '14 days', (now() at time zone 'America/New_York')::date,
      interval '1 day') g(day)
  ) d
  cross join lateral (
    select bool_or(e.kind = 'closed') as closed, bool_and(e.kind = 'half_day') as half_day
    from public.calendar_exceptions e where e.session_date = d.date
  ) x
  where extract(isodow from d.date) < 6 and x.closed is not true
), session as (
  select r.date, r.half_day
  from recent r
  where r.close_at + make_interval(mins => (
    select (t.value #>> '{}')::integer from public.settings t where t.name = 'forecast_deadline_minutes')) <= now()
  order by r.date desc
  limit 1
), origin as materialized (
  -- The bar that forecasts over each horizon start from, and who makes them.
  select h.horizon, l.date, h.cutoff, e.ensemble, e.config_hash, row_number() over () as place
  from session l
  cross join lateral (values
    ('1D', l.date::timestamp at time zone 'UTC'),
    ('4h', (l.date + case when l.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York'),
    ('8h', case when not l.half_day then (l.date + '09:30'::time) at time zone 'America/New_York' end)
  ) h(horizon, cutoff)
  cross join public.ensembles e
  where h.cutoff is not null
    and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? h.horizon)
)
select
  a.symbol,
  s.stage,
  a.horizon,
  a.ensemble,
  o.date as session_date,
  o.cutoff as expected_cutoff,
  b.last_bar_time as newest_bar,
  f.id as forecast_id,
  f.issued_at,
  case
    when f.symbol_id is not null then 'there'
    when b.last_bar_time is null then 'no_bars'
    when b.last_bar_time < o.cutoff then 'bar_missing'
    else 'forecast_missing'
  end as state
from origin o
join public.vw_ensemble_assignments a on a.horizon = o.horizon and a.ensemble = o.ensemble
-- Left, so that who does not ask for the stage looks no symbol up.
left join public.symbols s on s.id = a.symbol_id
left join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = a.horizon
left join (
  -- All forecasts from these bars at once: a look at an index for each bar and ensemble, however many symbols there are.
  select x.id, x.symbol_id, c.place, x.issued_at
  from origin c
  join public.forecasts x
    on x.data_cutoff = c.cutoff and x.horizon = c.horizon and x.ensemble = c.ensemble and x.config_hash = c.config_hash
) f on f.symbol_id = a.symbol_id and f.place = o.place
where a.is_listed and a.is_planned;
comment on view public.vw_forecast_presence is
  'The forecasts that should be there from the last session whose deadline (close and forecast_deadline_minutes) has passed: one row per '
  'active symbol, horizon and ensemble that is planned for it. From a half day''s close no 8h forecast is issued, so none is listed.';
comment on column public.vw_forecast_presence.symbol is 'Ticker.';
comment on column public.vw_forecast_presence.stage is 'Its rollout stage.';
comment on column public.vw_forecast_presence.horizon is 'Horizon.';
comment on column public.vw_forecast_presence.ensemble is 'candidate or baseline.';
comment on column public.vw_forecast_presence.session_date is 'The session.';
comment on column public.vw_forecast_presence.expected_cutoff is 'bar_time of the session''s last bar that a forecast starts from, UTC.';
comment on column public.vw_forecast_presence.newest_bar is 'bar_time of the newest stored bar, UTC.';
comment on column public.vw_forecast_presence.forecast_id is 'The forecast from that bar; null when there is none.';
comment on column public.vw_forecast_presence.issued_at is 'When it was stored, UTC.';
comment on column public.vw_forecast_presence.state is
  'there; no_bars: the symbol has none at all; bar_missing: the session''s bar has not come; forecast_missing: it has, and no forecast.';

revoke all on public.vw_forecast_presence from anon, authenticated, service_role;
grant select on public.vw_forecast_presence to authenticated, service_role;

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

-- schedule/functions/slot_measure_health.sql
create or replace function internal.slot_measure_health(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.measure_queries(20, interval '1 second')
$$;
comment on function internal.slot_measure_health(date, time, timestamptz) is 'Slot measure_health: measures what the monitoring queries and a claim take.';
revoke execute on function internal.slot_measure_health(date, time, timestamptz) from public;

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

-- schedule/rows/schedule_ticks.sql
-- But for those of every minute off the full hour, when the slots tick: at most eight jobs run at once.
insert into public.schedule_ticks (job, minutes, every, calls, description) values
  ('dispatch', '*', '1 minute', 'tick_dispatch', 'Asks for workers for the jobs that wait.'),
  ('alerts', '*', '1 minute', 'tick_alerts', 'Opens and resolves alerts on errors, and delivers all alerts.'),
  ('reconcile', '2-57/5', '5 minutes', 'reconcile', 'Revives stalled jobs, notices missed slots, watches the rollout.'),
  ('plan', '4-49/15', '15 minutes', 'tick_plan', 'Plans the work that is missing.'),
  ('continue', '*', '1 minute', 'tick_continue', 'Makes up for missed slots, and goes on with slots and plans that stopped for the time they took.'),
  ('outcomes', '4-59/5', '5 minutes', 'tick_outcomes', 'Scores the forecasts whose bars have come.'),
  ('retention', '3-58/5', '5 minutes', 'tick_retention', 'Deletes what is older than retention_days, and slot purge had no time for.')
on conflict (job) do update set
  minutes = excluded.minutes, every = excluded.every, calls = excluded.calls, description = excluded.description;
