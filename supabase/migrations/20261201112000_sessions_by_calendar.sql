-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- Written by hand: what create or replace cannot change, and comments of tables that exist.
drop function internal.forecast_origins(date, date);
drop function public.plan_ingestion(text);
comment on column public.schedule_slots.after_close is 'Times after the close of New York''s session: 16:00, 13:00 on a half day. On a date without a session 16:00 counts.';
comment on column public.schedule_slots.days is 'sessions: on a date on which no active symbol''s calendar has one it is recorded as skipped, with the reason. every_day: always.';

-- calendar/functions/calendar_days.sql
-- In plpgsql, which keeps its plan: a function in SQL is planned at each call.
create or replace function internal.calendar_days(p_calendar text, p_from date, p_until date) returns table (
  session_date date, closed_because text, is_half_day boolean, closes_at timestamptz)
language plpgsql stable rows 20 set search_path = '' set jit = off
as $$
begin
  return query
    select d.date, d.closed_because, d.is_half_day,
      -- 24:00 is the midnight that ends the date.
      case when d.closed_because is null then (d.date + case when d.is_half_day then coalesce(d.half_day_close, d.close_time) else d.close_time end) at time zone d.time_zone end
    from (
      select g.date, c.half_day_close, c.close_time, c.time_zone, coalesce(x.is_half_day, false) as is_half_day,
        coalesce(case when c.rule <> 'every_day' then (array['Saturday', 'Sunday'])[extract(isodow from g.date)::integer - 5] end, x.reason)
          as closed_because
      from public.calendars c
      cross join (select g.day::date as date from generate_series(p_from::timestamp, p_until::timestamp, interval '1 day') g(day)) g
      left join (
        select e.session_date, (array_agg(e.reason order by e.source) filter (where e.kind = 'closed'))[1] as reason,
          bool_and(e.kind = 'half_day') as is_half_day
        from public.calendar_exceptions e
        where e.calendar = p_calendar and e.session_date between p_from and p_until
        group by e.session_date
      ) x on x.session_date = g.date
      where c.name = p_calendar
    ) d;
end
$$;
comment on function internal.calendar_days(text, date, date) is
  'The dates from p_from to p_until by a calendar, a row each: why there is no session (null for one), whether it is a half day, and when it closes. '
  'Outside of what the calendar knows it goes by its rule alone. No rows for a calendar that is not there. '
  'Twin: sessionClose (src/shared/calendars/sessions.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.calendar_days(text, date, date) from public;
-- vw_expected_cutoffs and vw_run_health are read with their reader's rights and call it; the schema itself stays closed.
grant execute on function internal.calendar_days(text, date, date) to authenticated, service_role;

-- calendar/functions/days_of_calendars_in_use.sql
-- Nor may one upload stop the schedule of everybody: where an uploaded calendar ends, its rule alone goes on (see the check calendar of vw_run_health).
create or replace function internal.days_of_calendars_in_use(p_from date, p_until date) returns table (
  calendar text, session_date date, closed_because text, is_half_day boolean, closes_at timestamptz)
language plpgsql stable rows 40 set search_path = '' set jit = off
as $$
declare
  v_new_york public.calendars;
begin
  select c.* into v_new_york from public.calendars c where c.name = 'XNYS';
  if p_from < v_new_york.known_from or p_until > v_new_york.known_until then
    perform internal.refuse(400, 'calendar_ends', format('The calendar XNYS knows %s to %s, not %s', v_new_york.known_from, v_new_york.known_until,
      case when p_from < v_new_york.known_from then p_from else p_until end));
  end if;
  return query
    select u.name, d.*
    from (
      select c.name from public.calendars c where exists (select from public.symbols s where s.calendar = c.name and s.active)
      union all
      select 'XNYS' where not exists (select from public.symbols s where s.active)
    ) u
    cross join lateral internal.calendar_days(u.name, p_from, p_until) d;
end
$$;
comment on function internal.days_of_calendars_in_use(date, date) is
  'The dates from p_from to p_until, as calendar_days gives them, by every calendar that an active symbol has; New York''s where no symbol is active. Raises '
  'calendar_ends beyond New York''s calendar.';
revoke execute on function internal.days_of_calendars_in_use(date, date) from public;

-- ingestion/functions/plan_ingestion.sql
create or replace function public.plan_ingestion(p_key text, p_date date default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_setting jsonb := internal.setting('market_data');
  v_provider text := v_setting ->> 'provider';
  v_source jsonb := jsonb_build_object(
    'provider', v_provider, 'feed', coalesce(v_setting ->> 'feed', 'eod'), 'adjustment', v_setting ->> 'adjustment');
  v_key text := 'ingestion:' || p_key;
  v_closed text := case when p_date is not null then internal.closed_because(p_date) end;
  v_left_out jsonb;
  v_planned integer;
  v_run_id uuid;
begin
  if coalesce(p_key, '') = '' then
    perform internal.refuse(400, 'missing_key', 'An ingestion is planned under a key, such as its date and slot');
  end if;
  if v_provider = 'csv' then
    return jsonb_build_object('planned', 0, 'run_id', null, 'left_out', '[]'::jsonb,
      'reason', 'market_data is csv: bars are uploaded, and there is nobody to ask for them');
  end if;
  -- Two ticks at once would both see nothing planned.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_ingestion'));
  if exists (select from internal.settled_runs(array[v_key])) then
    return jsonb_build_object('planned', 0, 'run_id', null, 'left_out', '[]'::jsonb,
      'reason', format('there is a run with the key %s already', v_key));
  end if;

  create temporary table wanted on commit drop as
  select s.id, s.symbol, t.timeframe,
    case
      when t.timeframe = '4h' and v_provider = 'tiingo' then 'tiingo has daily bars only'
      when exists (
        select from public.bar_series b where b.symbol_id = s.id and b.timeframe = t.timeframe and b.provider = 'csv')
        then 'its bars were uploaded (csv), and sources are never mixed'
      when s.calendar <> 'XNYS' then format('its calendar is %s, and %s is asked for New York''s sessions only: upload its bars', s.calendar, v_provider)
    end as left_out
  from public.symbols s
  cross join lateral (
    select distinct case when h.horizon = '8h' then '4h' else h.horizon end as timeframe from unnest(s.horizons) h(horizon)
  ) t
  where s.active and v_closed is null;
  select coalesce(jsonb_agg(
      jsonb_build_object('symbol', w.symbol, 'timeframe', w.timeframe, 'reason', w.left_out) order by w.id, w.timeframe)
      filter (where w.left_out is not null), '[]'),
    count(*) filter (where w.left_out is null)
  into v_left_out, v_planned
  from pg_temp.wanted w;

  if v_planned > 0 then
    insert into public.runs (kind, idempotency_key, requested_via, params, jobs_total)
    values ('ingestion', v_key, 'schedule', jsonb_build_object('market_data', v_setting), v_planned)
    returning id into v_run_id;
    -- More attempts than other jobs have: with their backoff they outlast a provider's bad ten minutes.
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority, max_attempts)
    select v_run_id, 'ingest', format('%s:ingest:%s:%s', v_run_id, w.symbol, w.timeframe),
      jsonb_build_object('symbol', w.symbol, 'timeframe', w.timeframe, 'source', v_source,
        'first_date', v_setting ->> 'first_date'), 20, 8
    from pg_temp.wanted w where w.left_out is null order by w.id, w.timeframe;
  end if;
  drop table pg_temp.wanted;
  return jsonb_build_object('planned', v_planned, 'run_id', v_run_id, 'left_out', v_left_out,
    'reason', case when v_planned = 0 then coalesce(v_closed, format('no active symbol takes its bars from %s', v_provider)) end);
end
$$;
comment on function public.plan_ingestion(text, date) is
  'Plans one run that fetches the bars of every active symbol from the setting''s provider (market_data), a job a symbol and timeframe: '
  '{planned, reason, run_id, left_out}. Once a key; with csv nothing, and on a date (p_date) without a session in New York; symbols whose bars were uploaded, or '
  'whose calendar is another one, are left out. Dispatch '
  'asks for the workers. Raises missing_key.';
revoke execute on function public.plan_ingestion(text, date) from public, anon, authenticated;
grant execute on function public.plan_ingestion(text, date) to service_role;

-- rollout/views/vw_horizon_assignments.sql
-- Who serves and what is planned: one rule, from the latest rollout and the registry. Promoting and rolling back change rows of rollouts
-- and rollout_symbols; what serves follows in the same transaction.
create or replace view public.vw_horizon_assignments with (security_invoker = true) as
select
  s.id as symbol_id,
  s.symbol,
  h.horizon,
  -- This, and where a rollout has come to, is said so that the planner expects about as many rows as there are: of `= any` it expects a twentieth.
  s.active and array_position(s.horizons, h.horizon) is not null as is_listed,
  -- Also beside a rollout that is completed, so that a rollback is possible at once.
  r.is_baseline_active as is_baseline_planned,
  case
    when r.id is null then r.is_candidate_active
    when not r.is_the_rollouts then false
    when r.status = 'running' then m.rollout_id is not null
    else r.status = 'completed'
  end as is_candidate_planned,
  coalesce(r.ensemble, m.ensemble, 'baseline') as ensemble,
  coalesce(r.because, r.reached || m.stage, r.not_reached) as because,
  m.rollout_id,
  m.stage as joined_in,
  m.joined_at as reached_at,
  s.calendar
from public.symbols s
cross join unnest(array['1D', '4h', '8h']) h(horizon)
cross join (
  -- What is the same for every symbol: `ensemble` serves them all, `because` says why; both are null where it goes by the symbol.
  select l.id, l.status, k.is_the_rollouts, k.is_candidate_active, k.is_baseline_active,
    case
      when l.id is null then case when k.is_candidate_active then 'candidate' else 'baseline' end
      when not k.is_the_rollouts or l.status = 'rolled_back' then 'baseline'
      when l.status = 'completed' then 'candidate'
    end as ensemble,
    case
      when l.id is null and k.is_candidate_active then 'no rollout yet, and a candidate is active'
      when l.id is null then 'no rollout yet, and no candidate is active'
      when l.status = 'rolled_back' then format('rollout %s was rolled back: %s', l.id, l.ended_because)
      when not k.is_the_rollouts then format('the candidate is not the one of rollout %s any more, or not active', l.id)
      when l.status = 'completed' then format('rollout %s is completed', l.id)
    end as because,
    format('rollout %s reached it in stage ', l.id) as reached,
    format('rollout %s has not reached it in stage %s', l.id, l.stage) as not_reached
  from (values (1)) one(row)
  left join internal.latest_rollout() l on true
  cross join lateral (
    -- What was put in the candidate's place by hand nobody has judged.
    select coalesce(bool_or(e.active) filter (where e.ensemble = 'candidate'), false) as is_candidate_active,
      coalesce(bool_or(e.active) filter (where e.ensemble = 'baseline'), false) as is_baseline_active,
      coalesce(bool_or(e.active) filter (where e.ensemble = 'candidate' and e.config_hash = l.candidate_hash), false) as is_the_rollouts
    from public.ensembles e
  ) k
  -- Once, and not for every symbol.
  limit 1
) r
left join public.rollout_symbols m on m.rollout_id = r.id and m.symbol_id = s.id and array_position(m.horizons, h.horizon) is not null;
comment on view public.vw_horizon_assignments is
  'Which ensemble serves each symbol and horizon, and which of the two are planned, by the latest rollout: the one rule that planning, serving and answering follow.';
comment on column public.vw_horizon_assignments.symbol_id is 'The symbol, active or not.';
comment on column public.vw_horizon_assignments.symbol is 'Ticker.';
comment on column public.vw_horizon_assignments.horizon is 'Horizon: each of the three, whether the symbol has it or not.';
comment on column public.vw_horizon_assignments.is_listed is 'Whether the symbol is active and the horizon among its own.';
comment on column public.vw_horizon_assignments.is_baseline_planned is
  'Whether the schedule makes forecasts, windows and checks with the baseline, where is_listed: everywhere, when it is active.';
comment on column public.vw_horizon_assignments.is_candidate_planned is
  'The same of the candidate: without a rollout when it is active; with one, while its configuration is the rollout''s, where that has come to, or everywhere once it is '
  'completed.';
comment on column public.vw_horizon_assignments.ensemble is 'candidate or baseline: which of them apps read and requests are answered by.';
comment on column public.vw_horizon_assignments.because is 'Why that one.';
comment on column public.vw_horizon_assignments.rollout_id is 'The latest rollout, where it has come to the symbol on this horizon; else null.';
comment on column public.vw_horizon_assignments.joined_in is 'The stage in which it came to the symbol.';
comment on column public.vw_horizon_assignments.reached_at is 'When, UTC.';
comment on column public.vw_horizon_assignments.calendar is 'The symbol''s trading calendar.';

revoke all on public.vw_horizon_assignments from anon, authenticated, service_role;
grant select on public.vw_horizon_assignments to authenticated, service_role;

-- rollout/views/vw_ensemble_assignments.sql
create or replace view public.vw_ensemble_assignments with (security_invoker = true) as
select
  a.symbol_id,
  a.symbol,
  a.horizon,
  n.ensemble,
  a.is_listed,
  case n.ensemble when 'baseline' then a.is_baseline_planned else a.is_candidate_planned end as is_planned,
  -- Not `=` alone, of which the planner expects few rows.
  case when n.ensemble = a.ensemble then true else false end as is_serving,
  a.because,
  a.reached_at,
  a.calendar
from public.vw_horizon_assignments a
cross join unnest(array['baseline', 'candidate']) n(ensemble);
comment on view public.vw_ensemble_assignments is
  'What each ensemble does for each symbol and horizon: vw_horizon_assignments, one row an ensemble.';
comment on column public.vw_ensemble_assignments.symbol_id is 'The symbol, active or not.';
comment on column public.vw_ensemble_assignments.symbol is 'Ticker.';
comment on column public.vw_ensemble_assignments.horizon is 'Horizon: each of the three, whether the symbol has it or not.';
comment on column public.vw_ensemble_assignments.ensemble is 'candidate or baseline.';
comment on column public.vw_ensemble_assignments.is_listed is 'Whether the symbol is active and the horizon among its own.';
comment on column public.vw_ensemble_assignments.is_planned is
  'Whether the schedule makes forecasts, windows and checks with it, where is_listed: an active ensemble, without a rollout; with one the '
  'baseline everywhere, and the candidate, while its configuration is the rollout''s, where it has come to, or everywhere once it is completed.';
comment on column public.vw_ensemble_assignments.is_serving is 'Whether it is the one of the two that apps read and requests are answered by.';
comment on column public.vw_ensemble_assignments.because is 'Why the one that serves does.';
comment on column public.vw_ensemble_assignments.reached_at is 'When the latest rollout came to the symbol, UTC; null where it has not.';
comment on column public.vw_ensemble_assignments.calendar is 'The symbol''s trading calendar.';

revoke all on public.vw_ensemble_assignments from anon, authenticated, service_role;
grant select on public.vw_ensemble_assignments to authenticated, service_role;

-- forecasts/functions/score_due_outcomes.sql
create or replace function internal.score_due_outcomes(p_rows integer, out taken integer, out scored integer)
language plpgsql set search_path = '' set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_gone bigint[];
  v_restated public.forecast_outcomes[];
  v_new public.forecast_outcomes[];
begin
  with due as materialized (
    select d.id, d.symbol_id, d.horizon, internal.timeframe_of(d.horizon) as timeframe, z.time_zone, d.since, c.until
    from (select x.* from public.outcomes_due x order by x.id limit p_rows for update skip locked) d
    join public.symbols s on s.id = d.symbol_id
    join public.calendars z on z.name = s.calendar
    cross join lateral (
      -- Ten bars at a time: a restated series may have years of forecasts.
      select max(k.data_cutoff) as until
      from (
        select distinct f.data_cutoff from public.forecasts f
        where f.symbol_id = d.symbol_id and f.horizon = d.horizon and f.data_cutoff >= d.since
        order by f.data_cutoff limit 10
      ) k
    ) c
  ), realised as materialized (
    select distinct on (f.id) f.id as forecast_id, d.time_zone, f.horizon, f.target_time, f.forecast_return, f.return_quantiles, f.direction,
      n.bar_time as outcome_time, n.close as outcome_close, ln(n.close / cutoff.close) as realised_return,
      greatest(n.ingested_at, cutoff.ingested_at) as bars_stored_at
    from due d
    cross join lateral (
      -- Offset 0: of each by the index; where the series are few the planner would read all forecasts.
      select x.* from public.forecasts x
      where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.data_cutoff between d.since and d.until
      offset 0
    ) f
    left join public.bars cutoff
      on cutoff.symbol_id = f.symbol_id and cutoff.timeframe = d.timeframe and cutoff.bar_time = f.data_cutoff
    left join lateral (
      select b.bar_time, b.close, b.ingested_at
      from public.bars b
      where b.symbol_id = cutoff.symbol_id and b.timeframe = cutoff.timeframe and b.bar_time > cutoff.bar_time
      order by b.bar_time
      limit 1
    ) n on true
  ), outcome as materialized (
    select row(r.forecast_id, r.outcome_time, r.outcome_close,
      -- A day's bar is stamped with its date, half a session's with its start, which has the same date at both places.
      -- A close at midnight ends the date before it.
      (r.outcome_time at time zone 'UTC')::date = ((r.target_time - interval '1 second') at time zone r.time_zone)::date
        -- A session has two bars of 4h: the first ends at 13:30, or at 13:00 on a half day.
        and (r.horizon <> '4h' or ((r.outcome_time at time zone 'America/New_York')::time < '13:30')
          = ((r.target_time at time zone 'America/New_York')::time <= '13:30')),
      r.realised_return, r.forecast_return - r.realised_return, abs(r.forecast_return - r.realised_return),
      internal.crps(q.quantiles, r.realised_return), internal.log_score(q.quantiles, r.realised_return),
      internal.pit(q.quantiles, r.realised_return),
      internal.is_covered(q.quantiles, r.realised_return, 50), internal.is_covered(q.quantiles, r.realised_return, 80),
      internal.is_covered(q.quantiles, r.realised_return, 90), internal.is_covered(q.quantiles, r.realised_return, 95),
      case when r.realised_return <> 0 and r.direction <> 'neutral' then (r.realised_return > 0) = (r.direction = 'bullish') end,
      r.bars_stored_at, now())::public.forecast_outcomes as scored, o.forecast_id is not null as is_restated
    from realised r
    left join public.forecast_outcomes o on o.forecast_id = r.forecast_id
    cross join lateral (
      -- Offset 0, and a slice: they are fetched once, and not anew for each score.
      select r.return_quantiles[:] as quantiles
      offset 0
    ) q
    where r.outcome_time is not null and (o.outcome_time, o.bars_stored_at) is distinct from (r.outcome_time, r.bars_stored_at)
      and cardinality(r.return_quantiles) = 199
  ), left_over as materialized (
    select d.id, f.data_cutoff as since
    from due d
    cross join lateral (
      select x.data_cutoff from public.forecasts x
      where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.data_cutoff > d.until
      order by x.data_cutoff limit 1
    ) f
  ), moved_on as (
    update public.outcomes_due x set since = l.since from left_over l where x.id = l.id
  ), done as (
    delete from public.outcomes_due x using due d where x.id = d.id and not exists (select from left_over l where l.id = d.id)
  )
  select (select count(*) from due),
    -- A restated series may lack a bar that an outcome was scored on.
    (select array_agg(r.forecast_id) from realised r where r.outcome_time is null),
    (select array_agg(o.scored) from outcome o where o.is_restated),
    (select array_agg(o.scored) from outcome o where not o.is_restated)
  into taken, v_gone, v_restated, v_new;

  -- One kind of change at a time: triggers keep sums of what changed. None fires for nothing.
  if v_gone is not null then
    delete from public.forecast_outcomes o where o.forecast_id = any (v_gone);
  end if;
  if v_restated is not null then
    update public.forecast_outcomes o set
      outcome_time = n.outcome_time, outcome_close = n.outcome_close, is_target_session = n.is_target_session, realised_return = n.realised_return,
      error = n.error, absolute_error = n.absolute_error, crps = n.crps, log_score = n.log_score, pit = n.pit, covered_50 = n.covered_50,
      covered_80 = n.covered_80, covered_90 = n.covered_90, covered_95 = n.covered_95, direction_correct = n.direction_correct,
      bars_stored_at = n.bars_stored_at, scored_at = n.scored_at
    from unnest(v_restated) n
    where o.forecast_id = n.forecast_id;
  end if;
  if v_new is not null then
    insert into public.forecast_outcomes
    select n.* from unnest(v_new) n
    where exists (select from public.forecasts f where f.id = n.forecast_id);
  end if;
  scored := coalesce(cardinality(v_restated), 0) + coalesce(cardinality(v_new), 0);
end
$$;
comment on function internal.score_due_outcomes(integer) is
  'Scores the forecasts of the first p_rows rows of outcomes_due, of each those of ten bars at most; returns how many rows it took (0: none is '
  'due) and how many forecasts were scored.';
revoke execute on function internal.score_due_outcomes(integer) from public;

-- forecasts/views/vw_expected_cutoffs.sql
create or replace view public.vw_expected_cutoffs with (security_invoker = true) as
with session as (
  -- Few calendars are in use, however many symbols there are.
  select distinct on (c.name) c.name as calendar, d.session_date as date, d.is_half_day as half_day
  from public.calendars c
  cross join lateral internal.calendar_days(
    c.name, (now() at time zone c.time_zone)::date - 14, (now() at time zone c.time_zone)::date) d
  where (c.name = 'XNYS' or exists (select from public.symbols s where s.calendar = c.name and s.active))
    and d.closes_at + make_interval(mins => (
      select (t.value #>> '{}')::integer from public.settings t where t.name = 'forecast_deadline_minutes')) <= now()
  order by c.name, d.session_date desc
)
select h.horizon, l.date as session_date, h.cutoff as expected_cutoff, l.calendar
from session l
cross join lateral (values
  ('1D', l.date::timestamp at time zone 'UTC'),
  ('4h', case when l.calendar = 'XNYS' then (l.date + case when l.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York' end),
  ('8h', case when l.calendar = 'XNYS' and not l.half_day then (l.date + '09:30'::time) at time zone 'America/New_York' end)
) h(horizon, cutoff)
where h.cutoff is not null
  and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? h.horizon)
  and (select internal.may_read_operations());
comment on view public.vw_expected_cutoffs is
  'The bar from which forecasts were last due, by calendar in use and horizon: of its last session whose deadline (close and forecast_deadline_minutes) has passed. None for 8h from a half '
  'day''s close.';
comment on column public.vw_expected_cutoffs.horizon is 'Horizon.';
comment on column public.vw_expected_cutoffs.session_date is 'The session.';
comment on column public.vw_expected_cutoffs.expected_cutoff is 'bar_time of its last bar that a forecast over the horizon starts from, UTC.';
comment on column public.vw_expected_cutoffs.calendar is 'The trading calendar: New York''s, and those that active symbols have.';

revoke all on public.vw_expected_cutoffs from anon, authenticated, service_role;
grant select on public.vw_expected_cutoffs to authenticated, service_role;

-- forecasts/views/vw_forecast_presence.sql
create or replace view public.vw_forecast_presence with (security_invoker = true) as
with origin as materialized (
  -- The bar that forecasts over each horizon start from, and who makes them.
  -- Calendars whose last session has one date have one place.
  select c.calendar, c.horizon, c.session_date as date, c.expected_cutoff as cutoff, e.ensemble, e.config_hash,
    dense_rank() over (order by c.horizon, c.expected_cutoff, e.ensemble) as place
  from public.vw_expected_cutoffs c
  cross join public.ensembles e
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
  end as state,
  o.calendar
from origin o
join public.vw_ensemble_assignments a on a.horizon = o.horizon and a.ensemble = o.ensemble and a.calendar = o.calendar
-- Left, so that who does not ask for the stage looks no symbol up.
left join public.symbols s on s.id = a.symbol_id
left join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = a.horizon
left join (
  -- All forecasts from these bars at once: a look at an index for each bar and ensemble, however many symbols there are.
  select x.id, x.symbol_id, c.place, x.issued_at
  from (select distinct y.place, y.cutoff, y.horizon, y.ensemble, y.config_hash from origin y) c
  join public.forecasts x
    on x.data_cutoff = c.cutoff and x.horizon = c.horizon and x.ensemble = c.ensemble and x.config_hash = c.config_hash
) f on f.symbol_id = a.symbol_id and f.place = o.place
where a.is_listed and a.is_planned and (select internal.may_read_operations());
comment on view public.vw_forecast_presence is
  'The forecasts that should be there from the last session, by the symbol''s calendar, whose deadline (close and forecast_deadline_minutes) has passed: one row per '
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
comment on column public.vw_forecast_presence.calendar is 'The symbol''s trading calendar.';

revoke all on public.vw_forecast_presence from anon, authenticated, service_role;
grant select on public.vw_forecast_presence to authenticated, service_role;

-- rollout-evidence/functions/expected_forecasts.sql
create or replace function internal.expected_forecasts(p_rollout_id bigint, p_since timestamptz, p_until timestamptz) returns table (
  symbol text, horizon text, ensemble text, session_date date, data_cutoff timestamptz, deadline timestamptz, state text, forecasts integer)
language sql stable set search_path = '' set jit = off
as $$
  with rollout as materialized (
    select r.id, r.stage_started_at, r.candidate_hash, r.baseline_hash, (
      select p.figures -> 'reached' from public.rollout_events p
      where p.rollout_id = r.id and p.kind = 'promoted' and p.figures ->> 'to' = r.stage
      order by p.id desc limit 1) as reached
    from public.rollouts r where r.id = p_rollout_id
  ), ensemble as materialized (
    select e.name, e.config_hash
    from rollout r cross join lateral (values ('baseline', r.baseline_hash), ('candidate', r.candidate_hash)) e(name, config_hash)
  ), origin as materialized (
    select row_number() over () as place, o.calendar, o.session_date, o.horizon, o.data_cutoff, o.ends_at, d.deadline, o.ends_at >= r.stage_started_at as is_of_stage
    from rollout r
    -- A date begins in the east as another one's evening comes in New York.
    cross join internal.forecast_origins((p_since at time zone 'America/New_York')::date - 1, (p_until at time zone 'UTC')::date + 1) o
    cross join lateral (
      select o.ends_at + make_interval(mins => (internal.setting('forecast_deadline_minutes') #>> '{}')::integer) as deadline
    ) d
    where d.deadline > p_since and d.deadline <= p_until and not internal.publishing_stopped(o.ends_at, d.deadline)
      and internal.window_sizes(o.horizon) is not null
  ), member as materialized (
    -- What the stage has only just come to begins with the bars that end since; what the one before had already knows no gap between them.
    select m.symbol_id, s.calendar, h.horizon, coalesce(r.reached -> m.symbol ? h.horizon, false) as is_reached
    from rollout r
    join public.rollout_symbols m on m.rollout_id = r.id
    join public.symbols s on s.id = m.symbol_id and s.active
    cross join unnest(m.horizons) h(horizon)
    where h.horizon = any (s.horizons)
  ), reached as materialized (
    select k.*, array(select s.id from public.symbols s except select unnest(k.of_stage)) as not_of_stage,
      array(select s.id from public.symbols s except select unnest(k.before_it)) as not_before_it
    from (
      select m.calendar, m.horizon, array_agg(m.symbol_id) as of_stage, coalesce(array_agg(m.symbol_id) filter (where m.is_reached), '{}') as before_it
      from member m group by m.calendar, m.horizon
    ) k
  ), asked as materialized (
    -- Whom forecasts are expected of, and whom not where these are few; and by when they are settled: until then bars that came late give them more time.
    select o.place, o.horizon, o.data_cutoff, o.deadline, o.deadline <= p_until - interval '30 minutes' as is_settled, e.name as ensemble, e.config_hash,
      w.members, case when cardinality(w.others) <= greatest(100, cardinality(w.members) / 5) then w.others end as others
    from origin o
    join reached r on r.calendar = o.calendar and r.horizon = o.horizon
    cross join ensemble e
    cross join lateral (
      select case when o.is_of_stage then r.of_stage else r.before_it end as members,
        case when o.is_of_stage then r.not_of_stage else r.not_before_it end as others
    ) w
  ), other as materialized (
    -- All but those that were there by the bar's own deadline, however late their bar came: nearly all are, and nothing more is asked of them. Origin by
    -- origin: of all at once the sets would be large. Where as many are there as there should be, they are not looked at one by one.
    select a.place, a.ensemble, x.symbol_id
    from asked a
    cross join lateral (
      select count(*) as forecasts
      from public.forecasts f
      where a.is_settled and a.others is not null and f.data_cutoff = a.data_cutoff and f.horizon = a.horizon and f.ensemble = a.ensemble
        and f.config_hash = a.config_hash and f.issued_at <= a.deadline
    ) t
    cross join lateral (
      select count(*) as forecasts
      from unnest(a.others) i(symbol_id)
      join public.forecasts f
        on f.symbol_id = i.symbol_id and f.horizon = a.horizon and f.ensemble = a.ensemble and f.config_hash = a.config_hash
          and f.data_cutoff = a.data_cutoff and f.issued_at <= a.deadline
    ) o
    cross join lateral (
      select a.others is not null and t.forecasts - o.forecasts = cardinality(a.members) as is_whole
    ) c
    cross join lateral (
      select i.symbol_id from unnest(a.members) i(symbol_id) where not c.is_whole
      except
      select f.symbol_id
      from public.forecasts f
      where not c.is_whole and a.is_settled and f.data_cutoff = a.data_cutoff and f.horizon = a.horizon and f.ensemble = a.ensemble
        and f.config_hash = a.config_hash and f.issued_at <= a.deadline
    ) x
  ), due as materialized (
    select x.place, x.ensemble, x.symbol_id, e.config_hash, o.session_date, o.horizon, o.data_cutoff, o.deadline as bar_deadline, due.deadline,
      b.ingested_at, f.issued_at
    from other x
    join origin o on o.place = x.place
    join ensemble e on e.name = x.ensemble
    left join public.bars b on b.symbol_id = x.symbol_id and b.timeframe = internal.timeframe_of(o.horizon) and b.bar_time = o.data_cutoff
    left join public.forecasts f
      on f.symbol_id = x.symbol_id and f.horizon = o.horizon and f.ensemble = x.ensemble and f.config_hash = e.config_hash
      and f.data_cutoff = o.data_cutoff
    cross join lateral (
      -- A bar that came in the last half hour leaves its forecast half an hour.
      select greatest(o.deadline, case when b.ingested_at <= o.deadline then b.ingested_at + interval '30 minutes' end) as deadline
    ) due
    where due.deadline <= p_until
  ), judged as materialized (
    select s.symbol, d.horizon, d.ensemble, d.session_date, d.data_cutoff, d.deadline, d.place,
      case
        when d.issued_at <= d.deadline then 'there'
        -- Bars that were restated since have it made anew: that it was there in time is what its run knows.
        when d.issued_at is not null and exists (
          select from public.runs x
          where x.kind = 'forecast' and x.status = 'succeeded' and x.params -> 'symbols' ->> 0 = s.symbol and x.data_cutoff = d.data_cutoff
            and x.ensemble = d.ensemble and x.config_hash = d.config_hash and x.params ->> 'horizon' = d.horizon
            and x.finished_at <= d.deadline) then 'there'
        -- A request may have been for several symbols.
        when d.issued_at is not null and exists (
          select from public.runs x
          where x.kind = 'forecast' and x.status = 'succeeded' and x.params -> 'symbols' ->> 1 is not null and x.data_cutoff = d.data_cutoff
            and x.ensemble = d.ensemble and x.config_hash = d.config_hash and x.params ->> 'horizon' = d.horizon
            and x.finished_at <= d.deadline and x.params -> 'symbols' ? s.symbol) then 'there'
        -- A bar may have been there and be restated since: a forecast from it knows, or who noticed that there was none.
        when d.ingested_at is null or d.ingested_at > d.bar_deadline
          and not exists (
            select from public.forecasts x
            where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.ensemble = any ('{baseline,candidate}')
              and x.data_cutoff = d.data_cutoff and x.issued_at <= d.bar_deadline)
          and not exists (
            select from public.rollout_events x
            where x.rollout_id = p_rollout_id and x.kind = 'forecast_missing' and x.subject in (
              internal.forecast_subject(s.symbol, d.horizon, 'candidate', d.session_date, d.data_cutoff),
              internal.forecast_subject(s.symbol, d.horizon, 'baseline', d.session_date, d.data_cutoff)))
          then 'bar_missing'
        when d.issued_at is not null then 'late'
        else 'forecast_missing'
      end as state
    from due d
    join public.symbols s on s.id = d.symbol_id
  ), not_at_once as materialized (
    select x.place, x.ensemble, count(*) as forecasts from other x group by x.place, x.ensemble
  ), all_the_same as materialized (
    select j.place, j.ensemble, count(*) as forecasts from judged j where j.state = 'there' group by j.place, j.ensemble
  )
  select j.symbol, j.horizon, j.ensemble, j.session_date, j.data_cutoff, j.deadline, j.state, 1
  from judged j where j.state <> 'there'
  union all
  select null, o.horizon, e.name, o.session_date, o.data_cutoff, o.deadline, 'there', n.there::integer
  from origin o
  cross join ensemble e
  join reached r on r.calendar = o.calendar and r.horizon = o.horizon
  left join not_at_once a on a.place = o.place and a.ensemble = e.name
  left join all_the_same t on t.place = o.place and t.ensemble = e.name
  cross join lateral (
    select cardinality(case when o.is_of_stage then r.of_stage else r.before_it end) - coalesce(a.forecasts, 0) + coalesce(t.forecasts, 0) as there
  ) n
  where n.there > 0
  union all
  select m.symbol, h.horizon, 'candidate', null, null, null, 'nothing_due', 0
  from public.rollout_symbols m
  cross join unnest(m.horizons) h(horizon)
  where m.rollout_id = p_rollout_id and not exists (
    select from member k
    where k.symbol_id = m.symbol_id and k.horizon = h.horizon and exists (
      select from origin o where o.calendar = k.calendar and o.horizon = k.horizon and (o.is_of_stage or k.is_reached)))
$$;
comment on function internal.expected_forecasts(bigint, timestamptz, timestamptz) is
  'The forecasts that a rollout''s symbols should have by their calendars, of candidate and baseline, whose deadline (the bar''s end and '
  'forecast_deadline_minutes; half an hour after the bar came, where it came in the last half hour) has passed after p_since and by p_until; '
  'where its stage is the first on the horizon, from bars that ended in it. A row each for what is late, forecast_missing or bar_missing: the bar itself had not '
  'come by the deadline; a row an origin and ensemble, without a symbol, for how many are there; a row nothing_due for each symbol and horizon of which none was '
  'expected. None while the kill switch was on.';
revoke execute on function internal.expected_forecasts(bigint, timestamptz, timestamptz) from public;

-- rollout-evidence/functions/forecast_origins.sql
create or replace function internal.forecast_origins(p_from date, p_until date) returns table (
  session_date date, horizon text, data_cutoff timestamptz, ends_at timestamptz, calendar text)
language sql stable set search_path = '' set jit = off
as $$
  select d.session_date, o.horizon, o.data_cutoff, o.ends_at, d.calendar
  from internal.days_of_calendars_in_use(p_from, p_until) d
  cross join lateral (
    select '1D', d.session_date::timestamp at time zone 'UTC', d.closes_at
    union all
    select '4h', internal.new_york_time(d.session_date, '09:30'), internal.new_york_time(d.session_date, case when d.is_half_day then '13:00'::time else '13:30' end)
    where d.calendar = 'XNYS'
    union all
    select '4h', internal.new_york_time(d.session_date, '13:30'), internal.new_york_time(d.session_date, '16:00')
    where d.calendar = 'XNYS' and not d.is_half_day
    union all
    -- From a half day's close, two half sessions ahead is 1D and not 8h.
    select '8h', internal.new_york_time(d.session_date, '09:30'), internal.new_york_time(d.session_date, '13:30')
    where d.calendar = 'XNYS' and not d.is_half_day
  ) o(horizon, data_cutoff, ends_at)
  where d.closed_because is null
$$;
comment on function internal.forecast_origins(date, date) is
  'Where forecasts begin in the sessions of those dates, by calendar in use and horizon: bar_time of the bar that they are made from, and when it ends. Two a '
  'session for 4h, one on a half day; none for 8h on a half day. Raises calendar_ends. '
  'Twin: halfSessions (src/shared/series/half-sessions.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.forecast_origins(date, date) from public;

-- rollout-evidence/views/vw_canary_board.sql
create or replace view public.vw_canary_board with (security_invoker = true) as
-- Which forecasts are there is worked out once for all series; what is looked up for each of them comes after the order, so that who asks for the
-- first so many, or for one symbol, looks up no others.
with rollout as materialized (
  select x.* from public.rollouts x order by x.id desc limit 1
), expected as materialized (
  select c.calendar, c.horizon, c.session_date, c.expected_cutoff, e.ensemble, e.config_hash,
    dense_rank() over (order by c.horizon, c.expected_cutoff, e.ensemble) as place
  from public.vw_expected_cutoffs c
  cross join public.ensembles e
), alert as materialized (
  select x.symbol_id, x.horizon, count(*)::integer as alerts_open
  from public.divergence_alerts x
  where x.ensemble = 'candidate' and x.resolved_at is null
  group by x.symbol_id, x.horizon
)
select
  b.rollout_id,
  b.status,
  b.stage,
  b.symbol,
  b.horizon,
  b.joined_in,
  b.ensemble,
  f.data_cutoff as last_cutoff,
  f.issued_at as last_issued_at,
  b.session_date,
  case when b.is_absent then p.state when b.session_date is not null then 'there' end as state,
  coalesce(s.scored, 0) as scored,
  coalesce(s.pairs, 0) as pairs,
  k.candidate_rmse,
  k.baseline_rmse,
  k.candidate_rmse / nullif(k.baseline_rmse, 0) as rmse_ratio,
  k.candidate_crps,
  k.baseline_crps,
  k.candidate_crps / nullif(k.baseline_crps, 0) as crps_ratio,
  s.covered_90::double precision / s.scored as coverage_90,
  w.window_id,
  w.divergence,
  w.verdict,
  w.validated_at,
  b.alerts_open,
  b.needs_attention
from (
  select r.id as rollout_id, r.status, r.stage, g.symbol_id, g.symbol, g.horizon, g.joined_in, g.ensemble, x.session_date,
    x.horizon is not null and f.symbol_id is null as is_absent, coalesce(a.alerts_open, 0) as alerts_open,
    (x.horizon is not null and f.symbol_id is null) or a.alerts_open is not null as needs_attention, r.candidate_hash,
    case g.ensemble when 'candidate' then r.candidate_hash else r.baseline_hash end as serving_hash
  from rollout r
  join public.vw_horizon_assignments g on g.rollout_id = r.id
  left join expected x
    on x.horizon = g.horizon and x.ensemble = g.ensemble and x.calendar = g.calendar and g.is_listed
      and case g.ensemble when 'candidate' then g.is_candidate_planned else g.is_baseline_planned end
  left join (
    -- All forecasts from these bars at once: a look at an index for each bar, however many symbols there are.
    select x.symbol_id, c.place
    from (select distinct y.place, y.expected_cutoff, y.horizon, y.ensemble, y.config_hash from expected y) c
    join public.forecasts x
      on x.data_cutoff = c.expected_cutoff and x.horizon = c.horizon and x.ensemble = c.ensemble and x.config_hash = c.config_hash
  ) f on f.symbol_id = g.symbol_id and f.place = x.place
  left join alert a on a.symbol_id = g.symbol_id and a.horizon = g.horizon
  order by needs_attention desc, g.symbol, g.horizon
) b
left join lateral (
  select x.state
  from public.vw_forecast_presence x
  where b.is_absent and x.symbol = b.symbol and x.horizon = b.horizon and x.ensemble = b.ensemble
  limit 1
) p on true
left join lateral (
  select x.data_cutoff, x.issued_at
  from public.forecasts x
  where x.symbol_id = b.symbol_id and x.horizon = b.horizon and x.ensemble = b.ensemble and x.config_hash = b.serving_hash
  order by x.data_cutoff desc
  limit 1
) f on true
left join lateral (
  select x.* from public.pair_sums_by_series x
  where x.rollout_id = b.rollout_id and x.stage = b.stage and x.symbol_id = b.symbol_id and x.horizon = b.horizon
  limit 1
) s on true
left join lateral (
  select sqrt(s.candidate_squares::double precision / s.pairs) as candidate_rmse, sqrt(s.baseline_squares::double precision / s.pairs) as baseline_rmse,
    s.candidate_crps::double precision / s.pairs as candidate_crps, s.baseline_crps::double precision / s.pairs as baseline_crps
  where s.pairs > 0
) k on true
left join lateral (
  select v.window_id, e.divergence, t.verdict, e.updated_at as validated_at
  from (
    select x.metrics_id, x.window_id
    from public.vw_valid_windows x
    where x.symbol_id = b.symbol_id and x.horizon = b.horizon and x.config_hash = b.candidate_hash
    order by x.window_id desc
    limit 1
  ) v
  join public.ensemble_validation_metrics e on e.id = v.metrics_id
  join public.overfitting_tests t on t.metrics_id = v.metrics_id
) w on true
where (select internal.may_read_operations())
order by b.needs_attention desc, b.symbol, b.horizon;
comment on view public.vw_canary_board is
  'The latest rollout by symbol and horizon that it has reached: who serves, the last forecast, candidate beside baseline over the forecasts of '
  'the present stage, or of the one that it ended in, that have come true, the latest window, open alerts. What needs attention comes first. Of many symbols ask for '
  'the first so many, or for some by name.';
comment on column public.vw_canary_board.rollout_id is 'The rollout.';
comment on column public.vw_canary_board.status is 'running, completed or rolled_back.';
comment on column public.vw_canary_board.stage is 'Its present stage, or the one that it ended in.';
comment on column public.vw_canary_board.symbol is 'Ticker.';
comment on column public.vw_canary_board.horizon is 'Horizon.';
comment on column public.vw_canary_board.joined_in is 'The stage in which the symbol joined.';
comment on column public.vw_canary_board.ensemble is 'Who serves it: candidate or baseline.';
comment on column public.vw_canary_board.last_cutoff is 'Bar of the last forecast of the ensemble that serves, UTC; null without any.';
comment on column public.vw_canary_board.last_issued_at is 'When that was stored, UTC.';
comment on column public.vw_canary_board.session_date is 'The last session whose deadline has passed.';
comment on column public.vw_canary_board.state is
  'Of the forecast from it by the ensemble that serves: there, no_bars, bar_missing, forecast_missing; null when none is expected.';
comment on column public.vw_canary_board.scored is 'Forecasts of the candidate that were issued in the present stage and have come true.';
comment on column public.vw_canary_board.pairs is 'How many of them have one of the baseline from the same bar: what both are compared on.';
comment on column public.vw_canary_board.candidate_rmse is 'RMSE of the candidate over the pairs, a log return; null without any.';
comment on column public.vw_canary_board.baseline_rmse is 'RMSE of the baseline over the same pairs.';
comment on column public.vw_canary_board.rmse_ratio is 'Candidate over baseline: below 1 the candidate is better.';
comment on column public.vw_canary_board.candidate_crps is 'Mean CRPS of the candidate over the pairs, a log return; null without any.';
comment on column public.vw_canary_board.baseline_crps is 'Mean CRPS of the baseline over the same pairs.';
comment on column public.vw_canary_board.crps_ratio is 'Candidate over baseline: below 1 the candidate is better.';
comment on column public.vw_canary_board.coverage_90 is 'Share of the scored ones whose 90 % interval held the return; 0.90 when calibrated. Read it beside scored.';
comment on column public.vw_canary_board.window_id is 'The candidate''s latest window that still stands; null without one.';
comment on column public.vw_canary_board.divergence is 'Its divergence; a fraction.';
comment on column public.vw_canary_board.verdict is 'Its verdict: ok, overfitting or implausible.';
comment on column public.vw_canary_board.validated_at is 'When it was stored, UTC.';
comment on column public.vw_canary_board.alerts_open is 'Open divergence alerts of the candidate.';
comment on column public.vw_canary_board.needs_attention is
  'Whether an alert is open, or the forecast of the last session is not there. The order of the rows: first those, then by symbol and horizon.';

revoke all on public.vw_canary_board from anon, authenticated, service_role;
grant select on public.vw_canary_board to authenticated, service_role;

-- rollout-watch/functions/notice_ended_symbols.sql
create or replace function internal.notice_ended_symbols(p_rollout public.rollouts, p_now timestamptz) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_most integer := (internal.setting('symbol_ends_after_sessions') #>> '{}')::integer;
  v_ended jsonb;
  v_present public.rollouts;
  v_symbol record;
  v_left integer;
begin
  with newest as materialized (
    select s.calendar, b.timeframe, b.provider, b.feed, max(b.last_bar_time) as bar_time
    from public.bar_series b join public.symbols s on s.id = b.symbol_id and s.active
    group by s.calendar, b.timeframe, b.provider, b.feed
  ), unknown as materialized (
    -- Twice, so that one answer of a provider does not end a symbol.
    select j.payload ->> 'symbol' as symbol, j.payload ->> 'timeframe' as timeframe, min(j.finished_at) as since
    from public.jobs j
    where j.status = 'dead' and j.finished_at between p_now - interval '7 days' and p_now and j.kind = 'ingest'
      and j.error_code = 'provider_unknown_symbol'
    group by 1, 2
    having count(*) > 1
  ), member as materialized (
    select m.symbol_id, m.symbol, s.calendar, h.horizon, s.active, h.horizon = any (s.horizons) as is_listed, b.last_bar_time, coalesce(b.last_bar_time, '-infinity') as bars_until, b.provider, n.bar_time as newest,
      greatest(p_rollout.stage_started_at, m.joined_at) as since,
      exists (
        select from unknown u
        where u.symbol = m.symbol and u.timeframe = internal.timeframe_of(h.horizon) and not exists (
          select from public.jobs j
          where j.kind = 'ingest' and j.status = 'succeeded' and j.payload ->> 'symbol' = u.symbol and j.payload ->> 'timeframe' = u.timeframe
            and j.finished_at > u.since)) as is_unknown
    from public.rollout_symbols m
    join public.symbols s on s.id = m.symbol_id
    cross join unnest(m.horizons) h(horizon)
    left join public.bar_series b on b.symbol_id = m.symbol_id and b.timeframe = internal.timeframe_of(h.horizon)
    -- Others from the same source by the same calendar: where that gives nothing to anybody, no symbol has ended.
    left join lateral (
      select max(x.bar_time) as bar_time from newest x
      where x.calendar = s.calendar and x.timeframe = internal.timeframe_of(h.horizon) and (b.provider is null or (x.provider, x.feed) = (b.provider, b.feed))
    ) n on true
    where m.rollout_id = p_rollout.id
  ), behind as materialized (
    -- Counted once for all that have the same last bar.
    select k.*, (
      select count(*)
      from internal.calendar_days(k.calendar, greatest((k.bars_until at time zone 'UTC')::date + 1, (k.since at time zone 'UTC')::date - 1),
        (k.newest at time zone 'UTC')::date) d
      where d.closes_at > k.since) as sessions
    from (select distinct m.calendar, m.bars_until, m.newest, m.since from member m where m.newest > m.bars_until) k
  ), judged as (
    select m.*, coalesce(k.sessions, 0) as sessions
    from member m
    left join behind k on k.calendar = m.calendar and k.bars_until = m.bars_until and k.newest = m.newest and k.since = m.since
  ), ended as (
    select j.*, case
      when not j.active then 'inactive'
      when not j.is_listed then 'horizon_removed'
      when j.is_unknown and j.sessions > 0 then 'unknown_to_provider'
      when j.sessions >= v_most then 'no_bars' end as code
    from judged j
  )
  select jsonb_agg(jsonb_build_object('symbol', e.symbol, 'symbol_id', e.symbol_id, 'horizons', e.horizons, 'code', e.code, 'sessions', e.sessions,
    'last_bar_time', e.last_bar_time) order by e.symbol, e.code) into v_ended
  from (
    select e.symbol, e.symbol_id, e.code, array_agg(e.horizon order by array_position(array['1D', '4h', '8h'], e.horizon)) as horizons,
      max(e.sessions) as sessions, max(e.last_bar_time) as last_bar_time
    from ended e where e.code is not null group by e.symbol, e.symbol_id, e.code
  ) e;
  if v_ended is null then
    return 0;
  end if;

  v_present := internal.lock_rollout();
  if v_present.id <> p_rollout.id or (v_present.status, v_present.stage) is distinct from ('running', p_rollout.stage) then
    return 0;
  end if;
  for v_symbol in
    select e.* from jsonb_to_recordset(v_ended) as e(
      symbol text, symbol_id bigint, horizons text[], code text, sessions integer, last_bar_time timestamptz)
  loop
    delete from public.rollout_symbols m
    where m.rollout_id = p_rollout.id and m.symbol_id = v_symbol.symbol_id and m.horizons <@ v_symbol.horizons;
    update public.rollout_symbols m set horizons = array(
      select h.horizon from unnest(m.horizons) with ordinality h(horizon, place) where h.horizon <> all (v_symbol.horizons) order by h.place)
    where m.rollout_id = p_rollout.id and m.symbol_id = v_symbol.symbol_id;
    select count(*) into v_left from public.rollout_symbols m where m.rollout_id = p_rollout.id;
    perform internal.add_rollout_event(p_rollout.id, 'symbol_left', 'automatic', format('%s %s: %s%s', v_symbol.symbol,
        array_to_string(v_symbol.horizons, ', '), case v_symbol.code
          when 'inactive' then 'the symbol was set inactive'
          when 'horizon_removed' then 'no longer among the symbol''s horizons'
          when 'unknown_to_provider' then 'the provider does not know the symbol any more, and others have later bars'
          else format('no bar in %s sessions in which others had one', v_symbol.sessions) end,
        case when v_left = 0 then '. No symbol is left: nothing can be judged' else '' end),
      to_jsonb(v_symbol) - 'symbol_id' || jsonb_build_object('symbols_left', v_left));
  end loop;
  return jsonb_array_length(v_ended);
end
$$;
comment on function internal.notice_ended_symbols(public.rollouts, timestamptz) is
  'Takes symbols that have ended, or horizons of them, out of a rollout, each with an event symbol_left: set inactive; the horizon taken away; unknown to the '
  'provider, which said so twice in a week; or without a bar in symbol_ends_after_sessions sessions of the stage in which others of '
  'its source have one. Pairs that came true stay evidence. Returns how many events.';
revoke execute on function internal.notice_ended_symbols(public.rollouts, timestamptz) from public;

-- schedule/functions/dates_without_session.sql
create or replace function internal.dates_without_session(p_from date, p_until date) returns table (closed_date date, because text)
language sql stable set search_path = '' set jit = off
as $$
  select d.session_date,
    case when count(distinct d.closed_because) = 1 then min(d.closed_because)
      else string_agg(format('%s: %s', d.calendar, d.closed_because), '; ' order by d.calendar) end
  from internal.days_of_calendars_in_use(p_from, p_until) d
  group by d.session_date
  having bool_and(d.closed_because is not null)
$$;
comment on function internal.dates_without_session(date, date) is
  'The dates from p_from to p_until on which no calendar of an active symbol has a session, and why: the reason of each calendar where they differ. Raises '
  'calendar_ends.';
revoke execute on function internal.dates_without_session(date, date) from public;

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

-- schedule/functions/slot_ingest.sql
create or replace function internal.slot_ingest(p_date date, p_time time, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_result jsonb := public.plan_ingestion(internal.slot_key(p_date, p_time), p_date);
begin
  if v_result ->> 'run_id' is null then
    return jsonb_build_object('skipped', coalesce(v_result ->> 'reason', 'nothing was planned'));
  end if;
  return v_result;
end
$$;
comment on function internal.slot_ingest(date, time, timestamptz) is 'Slot ingest: plans the fetching of new bars; skipped when nothing was planned.';
revoke execute on function internal.slot_ingest(date, time, timestamptz) from public;

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
    select n.session_date as date, x.because as closed_because, case when n.is_half_day then '13:00'::time else '16:00' end as close
    from internal.calendar_days('XNYS', p_from, p_until) n
    left join internal.dates_without_session(p_from, p_until) x on x.closed_date = n.session_date
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
  '(no active symbol has a session; null: it is not). Raises calendar_ends.';
revoke execute on function internal.slot_times(date, date) from public;

