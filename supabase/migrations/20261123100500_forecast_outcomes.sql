-- Outcomes: forecasts beside what came true, scored as soon as the bar is there.

-- The constraints of the migration before this one, in a transaction of their own: reading goes on meanwhile.
alter table public.runs validate constraint runs_on_member_failure_known;
alter table public.forecasts validate constraint forecasts_synthesis_is_whole;
alter table public.forecasts validate constraint forecasts_direction_follows_thresholds;
alter table public.forecasts validate constraint forecasts_confidence_is_the_likelier_sides;
alter table public.forecasts validate constraint forecasts_agreement_is_a_share;
alter table public.forecasts validate constraint forecasts_spreads_are_finite;
alter table public.forecasts validate constraint forecasts_remarks_are_lists;

-- The scores below are those of src/shared/evaluation/scores, formula by formula; tests compare both to 1e-12. They want the 199
-- levels 0.005 to 0.995 that every forecast is stored with.

create function internal.crps(p_quantiles double precision[], p_outcome double precision) returns double precision
language sql immutable strict set search_path = ''
as $$
  with loss as (
    select q.place, q.level, p_outcome - q.quantile as distance
    from (
      select u.place, u.place / 200.0::double precision as level, u.quantile
      from unnest(p_quantiles) with ordinality u(quantile, place)
      union all
      -- Each tail beyond the outermost quantile, scored at its middle.
      select 0, 0.00125::double precision, p_quantiles[1]
      union all
      select 200, 0.99875::double precision, p_quantiles[199]
    ) q
  )
  select 2 * sum(
    case when l.place in (0, 200) then 0.0025 else 0.005 end::double precision
    * case when l.distance >= 0 then l.level * l.distance else (l.level - 1) * l.distance end)
  from loss l
$$;
comment on function internal.crps(double precision[], double precision) is
  'CRPS of a forecast known by its 199 quantiles: twice the integral of the pinball loss over the levels; in the outcome''s unit.';

create function internal.pit(p_quantiles double precision[], p_outcome double precision) returns double precision
language sql immutable strict set search_path = ''
as $$
  select case
    when c.not_above > c.below then 0.5::double precision * (c.below + 1 + c.not_above) / 200
    when c.below = 0 then 0.0025::double precision
    when c.below = 199 then 0.9975::double precision
    else (c.below + (p_outcome - p_quantiles[c.below]) / (p_quantiles[c.below + 1] - p_quantiles[c.below])) / 200
  end
  from (
    select count(*) filter (where q.value < p_outcome)::integer as below,
      count(*) filter (where q.value <= p_outcome)::integer as not_above
    from unnest(p_quantiles) q(value)
  ) c
$$;
comment on function internal.pit(double precision[], double precision) is
  'Probability integral transform: the forecast''s probability of an outcome at most as large, linear between its 199 quantiles.';

create function internal.log_score(p_quantiles double precision[], p_outcome double precision) returns double precision
language plpgsql immutable strict set search_path = ''
as $$
declare
  v_knots constant integer[] := array[1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190,
    195, 198, 199];
  v_narrowest double precision := 1e-6 * (p_quantiles[199] - p_quantiles[1]);
  v_distance double precision;
  v_halving double precision;
  v_bin integer := 2;
begin
  if v_narrowest <= 0 then
    return null;
  end if;
  if p_outcome < p_quantiles[1] then
    v_distance := p_quantiles[1] - p_outcome;
    v_halving := greatest(v_narrowest, p_quantiles[2] - p_quantiles[1]);
  elsif p_outcome > p_quantiles[199] then
    v_distance := p_outcome - p_quantiles[199];
    v_halving := greatest(v_narrowest, p_quantiles[199] - p_quantiles[198]);
  end if;
  if v_distance is not null then
    return ln(2::double precision) * v_distance / v_halving - ln(0.005::double precision) - ln(ln(2::double precision) / v_halving);
  end if;
  while v_bin < 25 and p_outcome > p_quantiles[v_knots[v_bin]] loop
    v_bin := v_bin + 1;
  end loop;
  return ln(greatest(v_narrowest, p_quantiles[v_knots[v_bin]] - p_quantiles[v_knots[v_bin - 1]]))
    - ln((v_knots[v_bin] - v_knots[v_bin - 1]) / 200.0::double precision);
end
$$;
comment on function internal.log_score(double precision[], double precision) is
  'Minus the log density at the outcome of a forecast known by its 199 quantiles; null for a point mass.';

create function internal.is_covered(p_quantiles double precision[], p_outcome double precision, p_percent integer) returns boolean
language sql immutable strict set search_path = ''
as $$
  select p_outcome between p_quantiles[100 - p_percent] and p_quantiles[100 + p_percent]
$$;
comment on function internal.is_covered(double precision[], double precision, integer) is
  'Whether the central interval of p_percent, ends included, of 199 quantiles holds the outcome.';

create table public.forecast_outcomes (
  forecast_id bigint primary key references public.forecasts (id) on delete cascade,
  outcome_time timestamptz not null,
  outcome_close double precision not null,
  is_target_session boolean not null,
  realised_return double precision not null,
  error double precision not null,
  absolute_error double precision not null,
  crps double precision not null,
  log_score double precision,
  pit double precision not null,
  covered_50 boolean not null,
  covered_80 boolean not null,
  covered_90 boolean not null,
  covered_95 boolean not null,
  direction_correct boolean,
  bars_stored_at timestamptz not null,
  scored_at timestamptz not null default now(),
  constraint forecast_outcomes_return_is_finite check (realised_return > '-infinity' and realised_return < 'infinity'),
  constraint forecast_outcomes_close_is_a_price check (outcome_close > 0 and outcome_close < 'infinity'),
  constraint forecast_outcomes_absolute_error_is_the_errors check (absolute_error = abs(error) and absolute_error < 'infinity'),
  constraint forecast_outcomes_crps_is_a_distance check (crps >= 0 and crps < 'infinity'),
  constraint forecast_outcomes_pit_is_a_probability check (pit > 0 and pit < 1),
  constraint forecast_outcomes_intervals_are_nested check (
    covered_50 <= covered_80 and covered_80 <= covered_90 and covered_90 <= covered_95
  )
);
comment on table public.forecast_outcomes is
  'Forecasts that have come true: one row each, scored on the bars as they are stored; restated bars score it anew.';
comment on column public.forecast_outcomes.forecast_id is 'The forecast.';
comment on column public.forecast_outcomes.outcome_time is
  'bar_time of the outcome bar, UTC: the next bar of the horizon''s timeframe after data_cutoff.';
comment on column public.forecast_outcomes.outcome_close is 'Its close, in the instrument''s currency.';
comment on column public.forecast_outcomes.is_target_session is
  'Whether the outcome bar is of target_time''s session (its New York date), over 4h of its half; false where a bar is missing, or '
  'the market trades on other days. The outcome is the next bar all the same.';
comment on column public.forecast_outcomes.realised_return is
  'Log return from the close of the data_cutoff bar to outcome_close, both as they are stored now: a split restates both.';
comment on column public.forecast_outcomes.error is 'forecast_return less realised_return.';
comment on column public.forecast_outcomes.absolute_error is 'Its size.';
comment on column public.forecast_outcomes.crps is 'Continuous ranked probability score, a log return; smaller is better.';
comment on column public.forecast_outcomes.log_score is 'Minus the log density at what came true; smaller is better. Null for a point mass.';
comment on column public.forecast_outcomes.pit is 'The forecast''s probability of a return at most as large; uniform when calibrated.';
comment on column public.forecast_outcomes.covered_50 is 'Whether the 50 % interval held the return.';
comment on column public.forecast_outcomes.covered_80 is 'Whether the 80 % interval held the return.';
comment on column public.forecast_outcomes.covered_90 is 'Whether the 90 % interval held the return.';
comment on column public.forecast_outcomes.covered_95 is 'Whether the 95 % interval held the return.';
comment on column public.forecast_outcomes.direction_correct is
  'Whether the stated direction came true; null for neutral, for a return of 0, and where none was stated.';
comment on column public.forecast_outcomes.bars_stored_at is 'When the later of the two bars was stored, UTC: a later version is scored anew.';
comment on column public.forecast_outcomes.scored_at is 'Scored, UTC.';

alter table public.forecast_outcomes enable row level security;
create policy forecast_outcomes_are_read_by_users on public.forecast_outcomes for select to authenticated using (true);
grant select on public.forecast_outcomes to authenticated, service_role;

create function internal.score_outcomes() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_scored integer;
begin
  -- Two at once would score the same twice over.
  perform pg_advisory_xact_lock(hashtext('plumbline.score_outcomes'));

  -- Without the quantiles, which would be copied for every forecast there ever was.
  create temporary table realised on commit drop as
  select f.id as forecast_id, b.bar_time as outcome_time, b.close as outcome_close, ln(b.close / cutoff.close) as realised_return,
    greatest(b.ingested_at, cutoff.ingested_at) as bars_stored_at
  from public.forecasts f
  join public.bars cutoff
    on cutoff.symbol_id = f.symbol_id and cutoff.timeframe = internal.timeframe_of(f.horizon) and cutoff.bar_time = f.data_cutoff
  cross join lateral (
    select n.bar_time, n.close, n.ingested_at
    from public.bars n
    where n.symbol_id = f.symbol_id and n.timeframe = cutoff.timeframe and n.bar_time > f.data_cutoff
    order by n.bar_time
    limit 1
  ) b;

  -- A restated series may lack a bar that an outcome was scored on.
  delete from public.forecast_outcomes o
  where not exists (select from pg_temp.realised r where r.forecast_id = o.forecast_id);

  insert into public.forecast_outcomes (
    forecast_id, outcome_time, outcome_close, is_target_session, realised_return, error, absolute_error, crps, log_score, pit,
    covered_50, covered_80, covered_90, covered_95, direction_correct, bars_stored_at)
  select r.forecast_id, r.outcome_time, r.outcome_close,
    -- A day's bar is stamped with its date, half a session's with its start, which has the same date at both places.
    (r.outcome_time at time zone 'UTC')::date = (f.target_time at time zone 'America/New_York')::date
      -- A session has two bars of 4h: the first ends at 13:30, or at 13:00 on a half day.
      and (f.horizon <> '4h' or ((r.outcome_time at time zone 'America/New_York')::time < '13:30')
        = ((f.target_time at time zone 'America/New_York')::time <= '13:30')),
    r.realised_return, f.forecast_return - r.realised_return, abs(f.forecast_return - r.realised_return),
    internal.crps(f.return_quantiles, r.realised_return), internal.log_score(f.return_quantiles, r.realised_return),
    internal.pit(f.return_quantiles, r.realised_return),
    internal.is_covered(f.return_quantiles, r.realised_return, 50), internal.is_covered(f.return_quantiles, r.realised_return, 80),
    internal.is_covered(f.return_quantiles, r.realised_return, 90), internal.is_covered(f.return_quantiles, r.realised_return, 95),
    case when r.realised_return <> 0 and f.direction <> 'neutral' then (r.realised_return > 0) = (f.direction = 'bullish') end,
    r.bars_stored_at
  from pg_temp.realised r
  join public.forecasts f on f.id = r.forecast_id
  left join public.forecast_outcomes o on o.forecast_id = r.forecast_id
  where (o.outcome_time, o.bars_stored_at) is distinct from (r.outcome_time, r.bars_stored_at)
    and cardinality(f.return_quantiles) = 199
  on conflict (forecast_id) do update set
    outcome_time = excluded.outcome_time, outcome_close = excluded.outcome_close, is_target_session = excluded.is_target_session,
    realised_return = excluded.realised_return, error = excluded.error, absolute_error = excluded.absolute_error,
    crps = excluded.crps, log_score = excluded.log_score, pit = excluded.pit, covered_50 = excluded.covered_50,
    covered_80 = excluded.covered_80, covered_90 = excluded.covered_90, covered_95 = excluded.covered_95,
    direction_correct = excluded.direction_correct, bars_stored_at = excluded.bars_stored_at, scored_at = now();
  get diagnostics v_scored = row_count;
  drop table pg_temp.realised;
  return v_scored;
end
$$;
comment on function internal.score_outcomes() is
  'Scores every forecast whose outcome bar is there and was not scored in its stored version; returns how many. Repeating it changes nothing.';

create function public.score_outcomes() returns integer
language sql security definer set search_path = ''
as $$
  select internal.score_outcomes()
$$;
comment on function public.score_outcomes() is 'Scores forecasts that have come true since; returns how many. Cron calls it.';
revoke execute on function public.score_outcomes() from public, anon, authenticated;
grant execute on function public.score_outcomes() to service_role;

create function public.forecast_context(p_symbol text, p_horizon text, p_config_hash text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'thresholds', internal.setting('direction_thresholds'),
    'latest_window', (
      select jsonb_build_object('window_id', w.window_id,
        'last_bar_time', to_char(o.last_bar_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'verdict', o.verdict, 'reasons', o.reasons)
      from public.symbols s
      cross join lateral internal.valid_windows(s.id, p_horizon, p_config_hash) w
      join public.overfitting_tests o on o.metrics_id = w.metrics_id
      where s.symbol = p_symbol
      order by w.window_id desc
      limit 1),
    'outcomes', (
      select count(*)
      from public.forecast_outcomes o
      join public.forecasts f on f.id = o.forecast_id
      where f.symbol = p_symbol and f.horizon = p_horizon and f.config_hash = p_config_hash))
$$;
comment on function public.forecast_context(text, text, text) is
  'What is known of a symbol, horizon and configuration when a forecast is made: {thresholds, latest_window (null, or window_id, '
  'last_bar_time, verdict and reasons of the latest window on bars that still stand), outcomes (how many were scored)}.';
revoke execute on function public.forecast_context(text, text, text) from public, anon, authenticated;
grant execute on function public.forecast_context(text, text, text) to service_role;

create view public.vw_forecast_quality with (security_invoker = true) as
select
  s.symbol,
  s.horizon,
  s.ensemble,
  s.config_hash,
  p.outcomes as latest,
  count(*)::integer as n,
  min(s.outcome_time) as first_outcome_time,
  max(s.outcome_time) as last_outcome_time,
  avg(s.covered_50::integer)::double precision as coverage_50,
  avg(s.covered_80::integer)::double precision as coverage_80,
  avg(s.covered_90::integer)::double precision as coverage_90,
  avg(s.covered_95::integer)::double precision as coverage_95,
  avg(s.crps) as mean_crps,
  avg(s.log_score) as mean_log_score,
  avg(s.error) as mean_error,
  avg(s.absolute_error) as mean_absolute_error,
  sqrt(avg(s.error * s.error)) as rmse,
  sqrt(avg(s.realised_return * s.realised_return)) as no_change_rmse,
  count(s.direction_correct)::integer as n_directions,
  avg(s.direction_correct::integer)::double precision as directional_accuracy,
  avg((s.realised_return > 0)::integer) filter (where s.direction_correct is not null)::double precision as base_rate,
  avg(s.confidence) as mean_confidence,
  avg(((s.probability_up >= 0.5) = (s.realised_return > 0))::integer) filter (where s.confidence is not null)::double precision
    as confidence_came_true
from (
  select f.symbol, f.horizon, f.ensemble, f.config_hash, f.probability_up, f.confidence, o.*,
    row_number() over (
      partition by f.symbol_id, f.horizon, f.ensemble, f.config_hash order by o.outcome_time desc, f.id desc) as age
  from public.forecast_outcomes o
  join public.forecasts f on f.id = o.forecast_id
) s
join (values (30), (250), (null)) p(outcomes) on p.outcomes is null or s.age <= p.outcomes
group by s.symbol, s.horizon, s.ensemble, s.config_hash, p.outcomes;
comment on view public.vw_forecast_quality is
  'How forecasts came true, by symbol, horizon, ensemble and configuration: of the latest 30 and 250 outcomes, and of all (latest null).';
comment on column public.vw_forecast_quality.symbol is 'Ticker.';
comment on column public.vw_forecast_quality.horizon is 'Horizon.';
comment on column public.vw_forecast_quality.ensemble is 'candidate or baseline.';
comment on column public.vw_forecast_quality.config_hash is 'Configuration the forecasts were made with.';
comment on column public.vw_forecast_quality.latest is 'Of how many outcomes at most, the latest: 30, 250, or null for all.';
comment on column public.vw_forecast_quality.n is 'Of how many there are: read every share beside it.';
comment on column public.vw_forecast_quality.first_outcome_time is 'Bar of the earliest outcome, UTC.';
comment on column public.vw_forecast_quality.last_outcome_time is 'Bar of the latest outcome, UTC.';
comment on column public.vw_forecast_quality.coverage_50 is 'Share of returns within the 50 % interval; 0.50 when calibrated.';
comment on column public.vw_forecast_quality.coverage_80 is 'Share of returns within the 80 % interval; 0.80 when calibrated.';
comment on column public.vw_forecast_quality.coverage_90 is 'Share of returns within the 90 % interval; 0.90 when calibrated.';
comment on column public.vw_forecast_quality.coverage_95 is 'Share of returns within the 95 % interval; 0.95 when calibrated.';
comment on column public.vw_forecast_quality.mean_crps is 'Mean CRPS, a log return; smaller is better.';
comment on column public.vw_forecast_quality.mean_log_score is 'Mean log score; smaller is better.';
comment on column public.vw_forecast_quality.mean_error is 'Mean of forecast less outcome, a log return.';
comment on column public.vw_forecast_quality.mean_absolute_error is 'Mean size of the error, a log return.';
comment on column public.vw_forecast_quality.rmse is 'Root mean squared error, a log return.';
comment on column public.vw_forecast_quality.no_change_rmse is 'The same of "no change".';
comment on column public.vw_forecast_quality.n_directions is 'Outcomes with a stated direction and a move.';
comment on column public.vw_forecast_quality.directional_accuracy is
  'Share of them whose direction came true; compare with base_rate, never with one half. Null when there is none.';
comment on column public.vw_forecast_quality.base_rate is 'Share of them that rose: what always saying bullish would have had.';
comment on column public.vw_forecast_quality.mean_confidence is 'Mean confidence of the forecasts.';
comment on column public.vw_forecast_quality.confidence_came_true is
  'Share of them whose likelier side came true: mean_confidence when confidence is calibrated.';
grant select on public.vw_forecast_quality to authenticated, service_role;

create or replace function internal.schedule_all() returns void
language plpgsql set search_path = ''
as $$
begin
  perform cron.schedule('plumbline-plan', '*/15 * * * *', 'select public.plan_work()');
  perform cron.schedule('plumbline-dispatch', '* * * * *', 'select public.dispatch_workers()');
  perform cron.schedule('plumbline-reconcile', '*/5 * * * *', 'select internal.reconcile()');
  perform cron.schedule('plumbline-purge', '17 3 * * *', 'select internal.purge_history()');
  perform cron.schedule('plumbline-outcomes', '*/15 * * * *', 'select public.score_outcomes()');
end
$$;
comment on function internal.schedule_all() is 'Makes or updates the named cron jobs; times are UTC. Repeating it changes nothing.';

select internal.schedule_all();
