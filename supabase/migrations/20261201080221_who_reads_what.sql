-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- foundation/functions/may_read_operations.sql
create or replace function internal.may_read_operations() returns boolean
language sql stable set search_path = ''
as $$
  -- Who reads as another role has been let in by that role's rights.
  select current_user <> 'authenticated' or coalesce(auth.jwt() -> 'app_metadata' -> 'operator' = 'true', false)
$$;
comment on function internal.may_read_operations() is
  'Whether who reads may see operations: a signed-in user only with the claim app_metadata.operator, which is true in the token of a user '
  'whom the service role made an operator; users cannot write it. Policies and views ask within (select ...): once a statement, not once a row.';
revoke execute on function internal.may_read_operations() from public;
-- Policies and views that are read with their reader's rights call it; the schema itself stays closed.
grant execute on function internal.may_read_operations() to authenticated, service_role;

-- series/functions/read_bars.sql
-- How users read bars. Not the table: a symbol's bars could be asked for inside of other rows, and the Data API's max_rows counts those for
-- each row around them.
create or replace function public.read_bars(
  p_symbol text,
  p_timeframe text default '1D',
  p_before timestamptz default null,
  p_limit integer default 250
) returns table (
  bar_time timestamptz,
  open double precision,
  high double precision,
  low double precision,
  close double precision,
  volume double precision,
  provider text,
  feed text,
  adjustment text
)
language plpgsql stable security definer set search_path = ''
as $$
begin
  if p_limit is null or p_limit not between 1 and 1000 then
    perform internal.refuse(400, 'invalid_limit', format('The limit %s is not one of 1 to 1000: ask for fewer bars, and for those before them with p_before',
      coalesce(p_limit::text, 'null')));
  end if;
  return query
    select b.bar_time, b.open, b.high, b.low, b.close, b.volume, b.provider, b.feed, b.adjustment
    from public.symbols s
    join public.bars b on b.symbol_id = s.id
    where s.symbol = p_symbol and b.timeframe = p_timeframe and b.bar_time < coalesce(p_before, 'infinity')
    order by b.bar_time desc
    limit p_limit;
end
$$;
comment on function public.read_bars(text, text, timestamptz, integer) is
  'The latest p_limit bars (1 to 1000) of a symbol and timeframe, newest first, before p_before if given; none where there are none.';
revoke execute on function public.read_bars(text, text, timestamptz, integer) from public, anon;
grant execute on function public.read_bars(text, text, timestamptz, integer) to authenticated, service_role;

-- rollout/functions/latest_rollout.sql
create or replace function internal.latest_rollout()
returns table (id bigint, status text, stage text, ended_because text, candidate_hash text)
language sql stable security definer rows 1 set search_path = ''
as $$
  select x.id, x.status, x.stage, x.ended_because, x.candidate_hash from public.rollouts x order by x.id desc limit 1
$$;
comment on function internal.latest_rollout() is
  'What decides who serves, of the latest rollout; no row before the first. Users read no rollouts, but current_forecasts goes by the latest.';
revoke execute on function internal.latest_rollout() from public;
-- vw_horizon_assignments is read with its reader's rights and calls it; the schema itself stays closed.
grant execute on function internal.latest_rollout() to authenticated, service_role;

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
  m.joined_at as reached_at
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

revoke all on public.vw_horizon_assignments from anon, authenticated, service_role;
grant select on public.vw_horizon_assignments to authenticated, service_role;

-- forecasts/views/vw_expected_cutoffs.sql
create or replace view public.vw_expected_cutoffs with (security_invoker = true) as
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
)
select h.horizon, l.date as session_date, h.cutoff as expected_cutoff
from session l
cross join lateral (values
  ('1D', l.date::timestamp at time zone 'UTC'),
  ('4h', (l.date + case when l.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York'),
  ('8h', case when not l.half_day then (l.date + '09:30'::time) at time zone 'America/New_York' end)
) h(horizon, cutoff)
where h.cutoff is not null
  and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? h.horizon)
  and (select internal.may_read_operations());
comment on view public.vw_expected_cutoffs is
  'The bar from which forecasts were last due, by horizon: of the last session whose deadline (close and forecast_deadline_minutes) has passed. None for 8h from a half '
  'day''s close.';
comment on column public.vw_expected_cutoffs.horizon is 'Horizon.';
comment on column public.vw_expected_cutoffs.session_date is 'The session.';
comment on column public.vw_expected_cutoffs.expected_cutoff is 'bar_time of its last bar that a forecast over the horizon starts from, UTC.';

revoke all on public.vw_expected_cutoffs from anon, authenticated, service_role;
grant select on public.vw_expected_cutoffs to authenticated, service_role;

-- forecasts/views/vw_forecast_presence.sql
create or replace view public.vw_forecast_presence with (security_invoker = true) as
with origin as materialized (
  -- The bar that forecasts over each horizon start from, and who makes them.
  select c.horizon, c.session_date as date, c.expected_cutoff as cutoff, e.ensemble, e.config_hash, row_number() over () as place
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
where a.is_listed and a.is_planned and (select internal.may_read_operations());
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

-- alerts/views/vw_open_alerts.sql
create or replace view public.vw_open_alerts with (security_invoker = true) as
select 'divergence' as kind, a.level, a.id as alert_id, format('%s %s %s', a.symbol, a.horizon, a.ensemble) as subject, a.opened_at,
  a.opened_at as last_seen_at, null::integer as occurrences, a.divergence, a.message, d.status as delivery, d.reason as delivery_reason
from public.divergence_alerts a
left join public.alert_deliveries d on d.divergence_alert_id = a.id
-- A user who sees the alerts on divergence alone reads them in divergence_alerts.
where a.resolved_at is null and (select internal.may_read_operations())
union all
select a.kind, a.kind, a.id, a.source, a.opened_at, a.last_seen_at, a.occurrences, null, a.code, d.status, d.reason
from public.error_alerts a
left join public.alert_deliveries d on d.error_alert_id = a.id
where a.resolved_at is null and (select internal.may_read_operations());
comment on view public.vw_open_alerts is 'Alerts that are open: on divergence and on errors, and what became of their delivery.';
comment on column public.vw_open_alerts.kind is 'divergence, error, dead_job or missed_slot.';
comment on column public.vw_open_alerts.level is 'Of divergence: warning, overfitting, critical, implausible. Else the kind.';
comment on column public.vw_open_alerts.alert_id is 'Its id in divergence_alerts or error_alerts.';
comment on column public.vw_open_alerts.subject is 'Symbol, horizon and ensemble; or the function, job or slot.';
comment on column public.vw_open_alerts.opened_at is 'Opened, UTC.';
comment on column public.vw_open_alerts.last_seen_at is 'Of errors: the last of them, UTC.';
comment on column public.vw_open_alerts.occurrences is 'Of errors: how many.';
comment on column public.vw_open_alerts.divergence is 'Of divergence: that of the window that opened it; a fraction.';
comment on column public.vw_open_alerts.message is 'Of divergence: the window and its reasons. Of errors: the code.';
comment on column public.vw_open_alerts.delivery is 'Status of its delivery; see alert_deliveries. Null when it was opened before there were deliveries.';
comment on column public.vw_open_alerts.delivery_reason is 'Why it was not delivered.';

revoke all on public.vw_open_alerts from anon, authenticated, service_role;
grant select on public.vw_open_alerts to authenticated, service_role;

-- rollout-evidence/views/vw_canary_board.sql
create or replace view public.vw_canary_board with (security_invoker = true) as
-- Which forecasts are there is worked out once for all series; what is looked up for each of them comes after the order, so that who asks for the
-- first so many, or for one symbol, looks up no others.
with rollout as materialized (
  select x.* from public.rollouts x order by x.id desc limit 1
), expected as materialized (
  select c.horizon, c.session_date, c.expected_cutoff, e.ensemble, e.config_hash, row_number() over () as place
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
    on x.horizon = g.horizon and x.ensemble = g.ensemble and g.is_listed
      and case g.ensemble when 'candidate' then g.is_candidate_planned else g.is_baseline_planned end
  left join (
    -- All forecasts from these bars at once: a look at an index for each bar, however many symbols there are.
    select x.symbol_id, c.place
    from expected c
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

-- schedule/views/vw_missed_ticks.sql
create or replace view public.vw_missed_ticks with (security_invoker = true) as
-- Reckoned once a job, not once a tick.
with ticks as materialized (select x.job, x.every, 1.5 * x.every as longest from public.schedule_ticks x)
select 'cron' as kind, j.job as name, t.ticked_at as last_before, t.until,
  (ceil(extract(epoch from t.until - t.ticked_at) / extract(epoch from j.every)) - 1)::integer as missed,
  format('no tick for %s minutes', floor(extract(epoch from t.until - t.ticked_at) / 60)) as reason
from ticks j
cross join lateral (
  select c.ticked_at, lead(c.ticked_at, 1, now()) over (order by c.ticked_at) as until
  from public.cron_ticks c where c.job = j.job and c.ticked_at > now() - interval '7 days' and c.ticked_at <= now()
) t
where t.until > t.ticked_at + j.longest and (select internal.may_read_operations())
union all
select 'slot', r.slot, r.due_at, r.finished_at, 1, format('%s: %s', r.status, r.reason)
from public.slot_runs r
where r.status in ('missed', 'failed') and r.due_at > now() - interval '7 days'
  and (select internal.may_read_operations());
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
    where w.function_name = d.function_name and w.claimed_at between now() - interval '15 minutes' and now() + interval '10 minutes'
      -- Who claims was asked for shortly before: not the requests of a week are looked through.
      and w.requested_at > now() - interval '1 hour')
), asked as materialized (
  -- By function: one that answers says nothing of another that does not.
  select w.function_name,
    count(*) filter (where w.requested_at > now() - interval '1 hour') as made,
    count(*) filter (where w.requested_at > now() - interval '1 hour' and w.claimed_at is not null) as claimed,
    -- Two minutes are for the way there and the start of the function.
    count(*) filter (where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes') as lately,
    count(*) filter (
      where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes' and w.claimed_at is not null
    ) as lately_claimed,
    count(*) filter (where w.ended_at is null and w.alive_until >= now()) as under_way,
    max(w.requested_at) as last_request,
    max(w.claimed_at) as last_claim,
    count(*) filter (where w.response_status is not null or w.response_error is not null) as noted,
    count(*) filter (where w.response_error is not null or w.response_status >= 400) as refused,
    max(w.requested_at) filter (where w.response_status < 400) as last_answer,
    max(w.id) filter (where w.response_status is not null or w.response_error is not null) as last_noted,
    max(w.id) filter (where w.response_error is not null or w.response_status >= 400) as last_refused
  from public.worker_requests w
  where w.requested_at between now() - interval '1 day' and now() + interval '10 minutes'
  group by w.function_name
), requests as (
  select coalesce(sum(a.made), 0) as made, coalesce(sum(a.claimed), 0) as claimed, coalesce(sum(a.lately), 0) as lately,
    coalesce(sum(a.lately_claimed), 0) as lately_claimed, coalesce(sum(a.under_way), 0) as under_way, max(a.last_request) as last_request, max(a.last_claim) as last_claim,
    coalesce(sum(a.noted), 0) as noted, coalesce(sum(a.refused), 0) as refused, max(a.last_answer) as last_answer,
    coalesce(bool_or(a.last_refused = a.last_noted), false) as failing,
    (select format('%s: %s', w.function_name, coalesce(w.response_error, 'status ' || w.response_status))
      from public.worker_requests w where w.id = max(a.last_refused)) as failure
  from asked a
), presence as materialized (
  -- One look at all symbols, and few rows.
  select p.horizon, p.ensemble, p.newest_bar, p.state, max(p.session_date) as session_date, max(p.expected_cutoff) as expected_cutoff,
    count(*) as series, max(p.issued_at) as last_issued, min(p.symbol) as first_symbol
  from public.vw_forecast_presence p
  group by p.horizon, p.ensemble, p.newest_bar, p.state
), missing as materialized (
  -- Another look, to name them, where there are any.
  select p.symbol, p.horizon, p.ensemble, p.state
  from public.vw_forecast_presence p
  where p.state in ('bar_missing', 'forecast_missing')
    and exists (select from presence g where g.state in ('bar_missing', 'forecast_missing'))
), listed as materialized (
  select distinct unnest(d.horizons) as horizon from (select distinct s.horizons from public.symbols s where s.active) d
), forecasts as (
  select p.horizon, max(p.session_date) as session_date, coalesce(sum(p.series) filter (where p.state <> 'no_bars'), 0) as expected,
    coalesce(sum(p.series) filter (where p.state = 'there'), 0) as there,
    coalesce(sum(p.series) filter (where p.state = 'no_bars'), 0) as bare, max(p.last_issued) as last_issued
  from presence p group by p.horizon
), behind as materialized (
  -- Counted once for all symbols that have the same newest bar.
  select b.*, case when b.newest_bar >= b.expected_cutoff then 0 else greatest(1, (
    select count(*) from generate_series(
      (b.newest_bar at time zone 'UTC')::date + interval '1 day', b.session_date::timestamp, interval '1 day') g(day)
    where extract(isodow from g.day) < 6
      and not exists (select from public.calendar_exceptions e where e.session_date = g.day::date and e.kind = 'closed')
  )) end as sessions_behind
  from (
    -- Of the two ensembles one is planned wherever the other is (vw_ensemble_assignments): the larger number is that of the symbols.
    select e.horizon, e.session_date, e.expected_cutoff, e.newest_bar, max(e.series) as symbols, min(e.first_symbol) as first_symbol
    from (
      select p.horizon, p.ensemble, p.session_date, p.expected_cutoff, p.newest_bar, sum(p.series) as series, min(p.first_symbol) as first_symbol
      from presence p where p.newest_bar is not null group by p.horizon, p.ensemble, p.session_date, p.expected_cutoff, p.newest_bar
    ) e
    group by e.horizon, e.session_date, e.expected_cutoff, e.newest_bar
  ) b
), settings as (
  select max(t.value #>> '{}') filter (where t.name = 'publishing_enabled') = 'true' as publishing,
    max(t.value #>> '{}') filter (where t.name = 'max_workers') as max_workers,
    max(t.value #>> '{}') filter (where t.name = 'max_workers_cap') as max_workers_cap
  from public.settings t where t.name in ('publishing_enabled', 'max_workers', 'max_workers_cap')
), setup as (
  select internal.is_configured() as there, exists (select from public.cron_ticks) as ticked
), checks as (
  select 0 as place, 'configuration' as check_name, null as subject,
    -- A secret that was there and is gone is a fault.
    case when u.there then true when u.ticked then false end as ok,
    jsonb_build_object('project_url', u.there) as figures, null::timestamptz as last_good_at,
    case when u.there then 'Vault has project_url, the address of the functions'
      else 'not configured: Vault has no project_url, so that cron plans, fetches and delivers nothing' end as sentence
  from setup u

  union all
  select 1, 'cron', j.job,
    case
      when t.last is null and installed.at > now() - 3 * j.every then null
      else coalesce(t.last > now() - 3 * j.every and t.error is null, false)
    end,
    jsonb_build_object('last_tick', t.last, 'ticks_last_hour', t.ticks, 'expected_last_hour', t.expected, 'last_error', t.error),
    t.last_good,
    case
      when t.last is null then format('%s has never ticked', j.job)
      else format('%s last ticked %s min ago; %s of %s ticks in the last hour%s', j.job,
        floor(extract(epoch from now() - t.last) / 60), t.ticks, t.expected, coalesce('; it failed: ' || t.error, ''))
    end
  from public.schedule_ticks j
  cross join installed
  cross join lateral (
    select l.ticked_at as last, l.error, g.ticked_at as last_good,
      (select count(*) from public.cron_ticks c
        where c.job = j.job and c.ticked_at > now() - interval '1 hour' and c.ticked_at <= now() + interval '10 minutes') as ticks,
      least(extract(epoch from interval '1 hour') / extract(epoch from j.every),
        floor(extract(epoch from now() - (select min(c.ticked_at) from public.cron_ticks c where c.job = j.job)) / extract(epoch from j.every))
          + 1)::integer as expected
    from (values (true)) one(row)
    left join lateral (
      select c.ticked_at, c.error from public.cron_ticks c
      where c.job = j.job and c.ticked_at <= now() + interval '10 minutes' order by c.ticked_at desc limit 1
    ) l on true
    left join lateral (
      select c.ticked_at from public.cron_ticks c
      where c.job = j.job and c.ticked_at <= now() + interval '10 minutes' and c.error is null order by c.ticked_at desc limit 1
    ) g on true
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
      'backing_off', q.backing_off, 'running', q.running, 'max_workers', t.max_workers::integer,
      'max_workers_cap', t.max_workers_cap::integer, 'workers_under_way', r.under_way, 'last_claim', r.last_claim),
    r.last_claim,
    format('%s jobs wait%s, %s back off, %s run; max_workers is %s%s', q.waiting,
      case when q.waiting > 0 then format(', the oldest for %s minutes', floor(q.oldest_minutes)) else '' end, q.backing_off, q.running,
      t.max_workers, coalesce('; claimed none in a quarter of an hour: ' || nullif(array_to_string(u.functions, ', '), ''), ''))
  from queue q cross join requests r cross join unclaimed u cross join settings t

  union all
  select 4, 'dead_jobs', null, d.dead = 0, jsonb_build_object('dead_24_hours', d.dead, 'latest', d.latest), d.last_success,
    format('%s jobs of the schedule ended dead in the last 24 hours%s', d.dead, coalesce('; the latest: ' || d.latest, ''))
  from (
    select count(*) as dead, (array_agg(format('job %s, %s: %s', j.id, j.error_code, j.error_message) order by j.finished_at desc))[1] as latest,
      (select max(x.finished_at) from public.jobs x where x.status = 'succeeded' and x.finished_at > now() - interval '1 day') as last_success
    from public.jobs j
    -- What only a request asked for is told to whoever asked (failure_class: request).
    join public.runs r on r.id = j.run_id and r.requested_via = 'schedule'
    where j.status = 'dead' and j.finished_at > now() - interval '1 day'
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
    case when r.noted = 0 then null else not r.failing end,
    jsonb_build_object('answers_24_hours', r.noted, 'failed_24_hours', r.refused, 'latest_failure', r.failure), r.last_answer,
    format('of the last day''s requests through pg_net %s were answered or given up, %s of them failed%s', r.noted, r.refused,
      coalesce('; the latest: ' || r.failure, ''))
  from requests r

  union all
  select 8, 'forecasts', h.horizon,
    case when not t.publishing or p.expected is null or p.expected = 0 then null else p.there = p.expected end,
    jsonb_build_object('session', p.session_date, 'expected', coalesce(p.expected, 0), 'there', coalesce(p.there, 0), 'missing', m.names,
      'without_bars', coalesce(p.bare, 0)),
    p.last_issued,
    case
      when not t.publishing then 'publishing_enabled is false: nothing is forecast'
      when p.expected is null or p.expected = 0 then
        format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day', h.horizon)
      else format('%s of %s forecasts of the session of %s are there%s', p.there, p.expected, p.session_date, coalesce('; missing: ' || (
        select string_agg(x.name, ', ' order by x.place) from jsonb_array_elements_text(m.names) with ordinality x(name, place)), '')
        || case when p.expected - p.there > jsonb_array_length(m.names)
          then format(' and %s more', p.expected - p.there - jsonb_array_length(m.names)) else '' end)
    end
  from listed h
  cross join settings t
  left join forecasts p on p.horizon = h.horizon
  cross join lateral (
    select coalesce(jsonb_agg(format('%s %s (%s)', x.symbol, x.ensemble, x.state) order by x.symbol, x.ensemble), '[]') as names
    from (
      select y.symbol, y.ensemble, y.state from missing y where y.horizon = h.horizon order by y.symbol, y.ensemble limit 20
    ) x
  ) m

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
  from listed h
  cross join lateral (
    select max(x.session_date) as session_date, coalesce(sum(x.symbols), 0) as symbols,
      coalesce(sum(x.symbols) filter (where x.sessions_behind > 0), 0) as symbols_behind, max(x.sessions_behind) as behind,
      (array_agg(x.first_symbol order by x.sessions_behind desc, x.first_symbol))[1] as slowest, max(x.newest_bar) as newest
    from behind x where x.horizon = h.horizon
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
  v.ok,
  case when v.ok is null then 'insufficient' when v.ok then 'ok' else 'failing' end as status,
  c.figures,
  c.last_good_at,
  c.sentence
from checks c
cross join setup u
-- What was never configured does not fail for want of a schedule.
cross join lateral (
  select case when u.there or u.ticked or c.check_name not in ('cron', 'slot', 'forecasts', 'bars') then c.ok end as ok
) v
-- A user who may not see these rows would find all checks failing.
where (select internal.may_read_operations())
order by c.place, c.subject;
comment on view public.vw_run_health is
  'Whether what runs unattended does run: one row per check (configuration, cron, slot, queue, dead_jobs, leases, workers, requests, forecasts, bars, '
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

-- By hand: operations are read by operators, bars through read_bars.

drop policy alert_deliveries_are_read_by_users on public.alert_deliveries;
create policy alert_deliveries_are_read_by_operators on public.alert_deliveries for select to authenticated using ((select internal.may_read_operations()));
drop policy error_alerts_are_read_by_users on public.error_alerts;
create policy error_alerts_are_read_by_operators on public.error_alerts for select to authenticated using ((select internal.may_read_operations()));
create policy errors_are_read_by_operators on public.errors for select to authenticated using ((select internal.may_read_operations()));
grant select on public.errors to authenticated;
drop policy configurations_are_read_by_users on public.configurations;
create policy configurations_are_read_by_operators on public.configurations for select to authenticated using ((select internal.may_read_operations()));
drop policy settings_are_read_by_users on public.settings;
create policy settings_are_read_by_operators on public.settings for select to authenticated
using (name in ('publishing_enabled', 'divergence_levels') or (select internal.may_read_operations()));
drop policy artifacts_are_read_by_users on public.artifacts;
create policy artifacts_are_read_by_operators on public.artifacts for select to authenticated using ((select internal.may_read_operations()));
drop policy outcomes_due_are_read_by_users on public.outcomes_due;
create policy outcomes_due_are_read_by_operators on public.outcomes_due for select to authenticated using ((select internal.may_read_operations()));
drop policy planning_rounds_are_read_by_users on public.planning_rounds;
create policy planning_rounds_are_read_by_operators on public.planning_rounds for select to authenticated using ((select internal.may_read_operations()));
drop policy monitoring_queries_are_read_by_users on public.monitoring_queries;
create policy monitoring_queries_are_read_by_operators on public.monitoring_queries for select to authenticated using ((select internal.may_read_operations()));
drop policy query_timings_are_read_by_users on public.query_timings;
create policy query_timings_are_read_by_operators on public.query_timings for select to authenticated using ((select internal.may_read_operations()));
drop policy job_kinds_are_read_by_users on public.job_kinds;
create policy job_kinds_are_read_by_operators on public.job_kinds for select to authenticated using ((select internal.may_read_operations()));
drop policy job_retries_are_read_by_users on public.job_retries;
create policy job_retries_are_read_by_operators on public.job_retries for select to authenticated using ((select internal.may_read_operations()));
drop policy job_settings_are_read_by_users on public.job_settings;
create policy job_settings_are_read_by_operators on public.job_settings for select to authenticated using ((select internal.may_read_operations()));
drop policy jobs_are_read_by_users on public.jobs;
create policy jobs_are_read_by_operators on public.jobs for select to authenticated using ((select internal.may_read_operations()));
revoke select on public.jobs from authenticated;
grant select (
  id, run_id, kind, idempotency_key, payload, priority, status, attempts, max_attempts, run_after, lease_until, steps, progress, error_code,
  error_message, created_at, updated_at, finished_at, result, config_hash, worker_request_id, forecast_key
) on public.jobs to authenticated;
drop policy runs_are_read_by_users on public.runs;
create policy runs_are_read_by_operators on public.runs for select to authenticated using ((select internal.may_read_operations()));
drop policy worker_requests_are_read_by_users on public.worker_requests;
create policy worker_requests_are_read_by_operators on public.worker_requests for select to authenticated using ((select internal.may_read_operations()));
drop policy canary_reports_are_read_by_users on public.canary_reports;
create policy canary_reports_are_read_by_operators on public.canary_reports for select to authenticated using ((select internal.may_read_operations()));
drop policy forecast_pairs_are_read_by_users on public.forecast_pairs;
create policy forecast_pairs_are_read_by_operators on public.forecast_pairs for select to authenticated using ((select internal.may_read_operations()));
drop policy pair_sums_by_origin_are_read_by_users on public.pair_sums_by_origin;
create policy pair_sums_by_origin_are_read_by_operators on public.pair_sums_by_origin for select to authenticated using ((select internal.may_read_operations()));
drop policy pair_sums_by_series_are_read_by_users on public.pair_sums_by_series;
create policy pair_sums_by_series_are_read_by_operators on public.pair_sums_by_series for select to authenticated using ((select internal.may_read_operations()));
drop policy rollout_evaluations_are_read_by_users on public.rollout_evaluations;
create policy rollout_evaluations_are_read_by_operators on public.rollout_evaluations for select to authenticated using ((select internal.may_read_operations()));
drop policy rollout_events_are_read_by_users on public.rollout_events;
create policy rollout_events_are_read_by_operators on public.rollout_events for select to authenticated using ((select internal.may_read_operations()));
drop policy rollouts_are_read_by_users on public.rollouts;
create policy rollouts_are_read_by_operators on public.rollouts for select to authenticated using ((select internal.may_read_operations()));
drop policy cron_ticks_are_read_by_users on public.cron_ticks;
create policy cron_ticks_are_read_by_operators on public.cron_ticks for select to authenticated using ((select internal.may_read_operations()));
drop policy schedule_slots_are_read_by_users on public.schedule_slots;
create policy schedule_slots_are_read_by_operators on public.schedule_slots for select to authenticated using ((select internal.may_read_operations()));
drop policy schedule_ticks_are_read_by_users on public.schedule_ticks;
create policy schedule_ticks_are_read_by_operators on public.schedule_ticks for select to authenticated using ((select internal.may_read_operations()));
drop policy slot_runs_are_read_by_users on public.slot_runs;
create policy slot_runs_are_read_by_operators on public.slot_runs for select to authenticated using ((select internal.may_read_operations()));
drop policy symbol_renames_are_read_by_users on public.symbol_renames;
create policy symbol_renames_are_read_by_operators on public.symbol_renames for select to authenticated using ((select internal.may_read_operations()));
drop policy bars_are_read_by_users on public.bars;
revoke select on public.bars from authenticated;

-- How long a statement of who comes through the Data API without a secret key may take. PostgREST sets it with each request for its role.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '3s';
notify pgrst, 'reload config';
