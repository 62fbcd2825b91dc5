-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- forecasts/constraints/are_weights.sql
-- Used in a CHECK: weights are an object of numbers between 0 and 1 that sum to 1.
create or replace function internal.are_weights(p_weights jsonb) returns boolean
language sql immutable strict set search_path = ''
as $$
  select case when jsonb_typeof(p_weights) <> 'object' then false else (
    select coalesce(
      bool_and(case when jsonb_typeof(w.value) = 'number' then w.value::numeric between 0 and 1 else false end)
        and abs(sum(case when jsonb_typeof(w.value) = 'number' then w.value::numeric else 0 end) - 1) <= 1e-9,
      false)
    from jsonb_each(p_weights) w
  ) end
$$;
comment on function internal.are_weights(jsonb) is
  'Whether this is an object of members'' weights: numbers between 0 and 1 whose sum is 1 (to nine digits).';
revoke execute on function internal.are_weights(jsonb) from public;

-- forecasts/constraints/is_ascending.sql
-- Used in CHECKs: a list of quantiles is one only in order, and NaN sorts above everything.
create or replace function internal.is_ascending(p_values double precision[]) returns boolean
language sql immutable strict set search_path = ''
as $$
  select coalesce(bool_and(v.value < 'infinity' and v.value > '-infinity' and v.value >= v.previous), true)
  from (
    select u.value, coalesce(lag(u.value) over (order by u.place), u.value) as previous
    from unnest(p_values) with ordinality u(value, place)
  ) v
$$;
comment on function internal.is_ascending(double precision[]) is 'Whether the values are finite and never decrease.';
revoke execute on function internal.is_ascending(double precision[]) from public;

-- forecasts/tables/artifacts.sql
create table public.artifacts (
  id bigint generated always as identity primary key,
  symbol_id bigint not null references public.symbols (id),
  horizon text not null,
  ensemble text not null,
  config_hash text not null,
  code_version text not null,
  data_cutoff timestamptz not null,
  hyperparameters jsonb not null,
  state jsonb not null,
  run_id uuid references public.runs (id) on delete set null,
  trained_at timestamptz not null default now(),
  constraint artifacts_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint artifacts_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint artifacts_one_a_cutoff unique (symbol_id, horizon, ensemble, config_hash, code_version, data_cutoff)
);
comment on table public.artifacts is 'Fitted ensembles, from which a forecast is made without a new fit.';
comment on column public.artifacts.id is 'Surrogate key.';
comment on column public.artifacts.symbol_id is 'The symbol.';
comment on column public.artifacts.horizon is 'Horizon: 1D, 4h, 8h.';
comment on column public.artifacts.ensemble is 'candidate or baseline.';
comment on column public.artifacts.config_hash is 'Configuration it was fitted with.';
comment on column public.artifacts.code_version is 'Version of the code that fitted it.';
comment on column public.artifacts.data_cutoff is 'bar_time of the last bar the fit saw, UTC.';
comment on column public.artifacts.hyperparameters is 'What tuning chose, by member.';
comment on column public.artifacts.state is 'The fitted members, to the bit.';
comment on column public.artifacts.run_id is 'Run that fitted it.';
comment on column public.artifacts.trained_at is 'Fitted, UTC.';

create index artifacts_by_run on public.artifacts (run_id);

alter table public.artifacts enable row level security;
create policy artifacts_are_read_by_users on public.artifacts for select to authenticated using (true);
revoke all on public.artifacts from anon, authenticated, service_role;
grant select on public.artifacts to authenticated, service_role;

-- forecasts/tables/forecasts.sql
create table public.forecasts (
  id bigint generated always as identity primary key,
  symbol_id bigint not null,
  symbol text not null,
  horizon text not null,
  ensemble text not null,
  config_hash text not null,
  code_version text not null,
  data_cutoff timestamptz not null,
  target_time timestamptz not null,
  issued_at timestamptz not null default now(),
  last_close double precision not null,
  forecast_return double precision not null,
  forecast_price double precision not null,
  scale double precision not null,
  probability_up double precision not null,
  lower_50 double precision not null,
  upper_50 double precision not null,
  lower_80 double precision not null,
  upper_80 double precision not null,
  lower_90 double precision not null,
  upper_90 double precision not null,
  lower_95 double precision not null,
  upper_95 double precision not null,
  quantile_levels double precision[] not null,
  return_quantiles double precision[] not null,
  members jsonb not null,
  artifact_id bigint references public.artifacts (id) on delete set null,
  run_id uuid references public.runs (id) on delete set null,
  direction text,
  confidence double precision,
  direction_thresholds jsonb,
  agreement double precision,
  mean_spread double precision,
  scale_ratio double precision,
  drivers jsonb not null default '[]',
  quality_notes jsonb not null default '[]',
  constraint forecasts_symbol_is_the_ids foreign key (symbol_id, symbol) references public.symbols (id, symbol),
  constraint forecasts_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint forecasts_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint forecasts_look_ahead check (target_time > data_cutoff),
  constraint forecasts_prices_are_finite_and_positive check (
    last_close > 0 and last_close < 'infinity' and lower_95 > 0 and upper_95 < 'infinity'
  ),
  constraint forecasts_return_is_finite check (forecast_return > '-infinity' and forecast_return < 'infinity'),
  constraint forecasts_scale_is_positive check (scale > 0 and scale < 'infinity'),
  constraint forecasts_probability_is_one check (probability_up between 0 and 1),
  constraint forecasts_intervals_are_nested check (
    lower_95 <= lower_90 and lower_90 <= lower_80 and lower_80 <= lower_50 and lower_50 <= forecast_price
    and forecast_price <= upper_50 and upper_50 <= upper_80 and upper_80 <= upper_90 and upper_90 <= upper_95
  ),
  constraint forecasts_quantiles_match_levels check (
    cardinality(quantile_levels) = cardinality(return_quantiles) and cardinality(return_quantiles) > 0
  ),
  constraint forecasts_quantiles_ascend check (
    internal.is_ascending(quantile_levels) and internal.is_ascending(return_quantiles)
    and quantile_levels[1] > 0 and quantile_levels[cardinality(quantile_levels)] < 1
  ),
  constraint forecasts_one_a_cutoff unique (symbol_id, horizon, ensemble, config_hash, data_cutoff),
  constraint forecasts_synthesis_is_whole check (
      num_nulls(direction, confidence, direction_thresholds, agreement, mean_spread, scale_ratio) in (0, 6)
    ),
  constraint forecasts_direction_follows_thresholds check (
      direction is null
      or direction = case
        when probability_up >= (direction_thresholds ->> 'bullish')::double precision then 'bullish'
        when probability_up <= (direction_thresholds ->> 'bearish')::double precision then 'bearish'
        else 'neutral'
      end
    ),
  constraint forecasts_confidence_is_the_likelier_sides check (
      confidence is null or abs(confidence - greatest(probability_up, 1 - probability_up)) < 1e-9
    ),
  constraint forecasts_agreement_is_a_share check (agreement between 0 and 1),
  constraint forecasts_spreads_are_finite check (
      mean_spread >= 0 and mean_spread < 'infinity' and scale_ratio >= 1 and scale_ratio < 'infinity'
    ),
  constraint forecasts_remarks_are_lists check (
      jsonb_typeof(drivers) = 'array' and jsonb_typeof(quality_notes) = 'array'
    )
);
comment on table public.forecasts is 'Predictive distributions of the return over a horizon, as log returns and as prices.';
comment on column public.forecasts.id is 'Surrogate key.';
comment on column public.forecasts.symbol_id is 'The symbol.';
comment on column public.forecasts.symbol is 'Its ticker, so that a reader needs no join.';
comment on column public.forecasts.horizon is 'Horizon: 1D, 4h, 8h of regular trading hours.';
comment on column public.forecasts.ensemble is 'candidate or baseline.';
comment on column public.forecasts.config_hash is 'Configuration it was made with.';
comment on column public.forecasts.code_version is 'Version of the code that made it.';
comment on column public.forecasts.data_cutoff is 'bar_time of the last bar it saw, UTC.';
comment on column public.forecasts.target_time is
  'When the horizon ends, UTC: the close of the target session (1D), the end of the next half session (4h), 13:30 in New York of '
  'the next session (8h; 13:00 on a half day).';
comment on column public.forecasts.issued_at is 'Stored, UTC.';
comment on column public.forecasts.last_close is 'Close of the last bar, in the instrument''s currency.';
comment on column public.forecasts.forecast_return is 'Mean log return over the horizon, a fraction.';
comment on column public.forecasts.forecast_price is 'Median price at target_time, in the instrument''s currency.';
comment on column public.forecasts.scale is 'Standard deviation of the log return, a fraction.';
comment on column public.forecasts.probability_up is 'Probability that the return is above 0.';
comment on column public.forecasts.lower_50 is 'Lower bound of the 50 % prediction interval, price.';
comment on column public.forecasts.upper_50 is 'Upper bound of the 50 % prediction interval, price.';
comment on column public.forecasts.lower_80 is 'Lower bound of the 80 % prediction interval, price.';
comment on column public.forecasts.upper_80 is 'Upper bound of the 80 % prediction interval, price.';
comment on column public.forecasts.lower_90 is 'Lower bound of the 90 % prediction interval, price.';
comment on column public.forecasts.upper_90 is 'Upper bound of the 90 % prediction interval, price.';
comment on column public.forecasts.lower_95 is 'Lower bound of the 95 % prediction interval, price.';
comment on column public.forecasts.upper_95 is 'Upper bound of the 95 % prediction interval, price.';
comment on column public.forecasts.quantile_levels is 'Levels of return_quantiles, ascending, between 0 and 1.';
comment on column public.forecasts.return_quantiles is 'Quantiles of the log return at those levels.';
comment on column public.forecasts.members is
  'Each member''s weight, own mean (not shrunk), scale, probability_up, direction and hyperparameters; mean_contribution and '
  'scale_contribution add up to forecast_return and scale.';
comment on column public.forecasts.artifact_id is 'The fitted ensemble it was made with, while that is kept.';
comment on column public.forecasts.run_id is 'The run that made it; null when made from an artifact on request.';
comment on column public.forecasts.direction is
  'bullish, bearish or neutral: probability_up against direction_thresholds. Null on rows made before there was one.';
comment on column public.forecasts.confidence is
  'Probability of the likelier side, 0.5 to 1: of the stated direction for bullish and bearish; for neutral the most that can be said '
  'for either side. Among forecasts of confidence c the likelier side comes true in a share c.';
comment on column public.forecasts.direction_thresholds is 'The thresholds that direction went by: {bullish, bearish}.';
comment on column public.forecasts.agreement is 'Share of the members'' weight whose own direction is the ensemble''s, 0 to 1.';
comment on column public.forecasts.mean_spread is 'Largest less smallest mean of the members, both shrunk; a log return.';
comment on column public.forecasts.scale_ratio is 'Largest scale of the members over the smallest; 1 or more.';
comment on column public.forecasts.drivers is
  'What moved the forecast, as far as its own figures say: [{code, sentence, figures}].';
comment on column public.forecasts.quality_notes is
  'What to know before trusting it: [{code, sentence, figures}], code one of stale_data, gap, repeated_prices, not_validated, '
  'overfitting, implausible, fallback, few_outcomes.';

create index forecasts_latest on public.forecasts (symbol_id, horizon, ensemble, data_cutoff desc);
create index forecasts_by_run on public.forecasts (run_id);
create index forecasts_by_artifact on public.forecasts (artifact_id);

alter table public.forecasts enable row level security;
create policy forecasts_are_read_by_users on public.forecasts for select to authenticated using (true);
revoke all on public.forecasts from anon, authenticated, service_role;
grant select on public.forecasts to authenticated, service_role;

-- forecasts/tables/ensemble_weights.sql
create table public.ensemble_weights (
  id bigint generated always as identity primary key,
  symbol_id bigint not null,
  symbol text not null,
  horizon text not null,
  ensemble text not null,
  config_hash text not null,
  data_cutoff timestamptz not null,
  method text not null,
  weights jsonb not null,
  samples integer not null,
  span_days integer not null,
  reason_code text,
  reason text,
  run_id uuid references public.runs (id) on delete set null,
  created_at timestamptz not null default now(),
  constraint ensemble_weights_symbol_is_the_ids foreign key (symbol_id, symbol) references public.symbols (id, symbol),
  constraint ensemble_weights_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint ensemble_weights_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint ensemble_weights_method_known check (method in ('calibrated', 'preset')),
  constraint ensemble_weights_sum_to_one check (internal.are_weights(weights)),
  constraint ensemble_weights_counts_are_counts check (samples >= 0 and span_days >= 0),
  constraint ensemble_weights_are_learned_from_enough check (method = 'preset' or (samples >= 100 and span_days >= 30)),
  constraint ensemble_weights_reason_known check (
    reason_code in ('too_few_samples', 'too_short_span', 'divergence', 'overfitting', 'implausible_skill')
  ),
  constraint ensemble_weights_preset_has_its_reason check (
    (method = 'preset') = (reason_code is not null) and (reason_code is null) = (reason is null)
    and (reason is null or reason <> '')
  ),
  constraint ensemble_weights_one_a_cutoff unique (symbol_id, horizon, ensemble, config_hash, data_cutoff)
);
comment on table public.ensemble_weights is
  'Members'' weights of forecasts whose configuration asks for calibrated ones: learned, or the preset with the reason.';
comment on column public.ensemble_weights.id is 'Surrogate key.';
comment on column public.ensemble_weights.symbol_id is 'The symbol.';
comment on column public.ensemble_weights.symbol is 'Its ticker, so that a reader needs no join.';
comment on column public.ensemble_weights.horizon is 'Horizon: 1D, 4h, 8h.';
comment on column public.ensemble_weights.ensemble is 'candidate or baseline.';
comment on column public.ensemble_weights.config_hash is 'Configuration that asked for calibrated weights.';
comment on column public.ensemble_weights.data_cutoff is 'bar_time of the last bar that the weights were learned from, UTC; the forecast''s.';
comment on column public.ensemble_weights.method is 'calibrated: learned from realised scores. preset: the configuration''s, for the reason given.';
comment on column public.ensemble_weights.weights is 'Weight by member; between 0 and 1, summing to 1.';
comment on column public.ensemble_weights.samples is 'Scored forecasts that were there to learn from; at least 100 for calibrated weights.';
comment on column public.ensemble_weights.span_days is 'Calendar days that they span; at least 30 for calibrated weights.';
comment on column public.ensemble_weights.reason_code is
  'Why the preset: too_few_samples, too_short_span, divergence (above the level warning), overfitting, implausible_skill. Null for calibrated weights.';
comment on column public.ensemble_weights.reason is 'The same in a sentence with its figures.';
comment on column public.ensemble_weights.run_id is 'Run that decided them.';
comment on column public.ensemble_weights.created_at is 'Stored, UTC.';

create index ensemble_weights_by_run on public.ensemble_weights (run_id);

alter table public.ensemble_weights enable row level security;
create policy ensemble_weights_are_read_by_users on public.ensemble_weights for select to authenticated using (true);
revoke all on public.ensemble_weights from anon, authenticated, service_role;
grant select on public.ensemble_weights to authenticated, service_role;

-- forecasts/tables/forecast_outcomes.sql
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
revoke all on public.forecast_outcomes from anon, authenticated, service_role;
grant select on public.forecast_outcomes to authenticated, service_role;

-- forecasts/functions/are_weights_refuted.sql
-- A request for a forecast heeds what validation found since the fit: learned weights that it speaks against are not used any more.
create or replace function internal.are_weights_refuted(p_symbol_id bigint, p_horizon text, p_config_hash text, p_since timestamptz)
returns boolean
language sql stable set search_path = ''
as $$
  select coalesce((
    select o.updated_at > p_since
      and (o.verdict <> 'ok' or m.divergence > (internal.setting('divergence_levels') ->> 'warning')::double precision)
    from public.vw_valid_windows w
    join public.ensemble_validation_metrics m on m.id = w.metrics_id
    join public.overfitting_tests o on o.metrics_id = m.id
    where w.symbol_id = p_symbol_id and w.horizon = p_horizon and w.config_hash = p_config_hash
    order by m.window_id desc
    limit 1), false)
$$;
comment on function internal.are_weights_refuted(bigint, text, text, timestamptz) is
  'Whether the latest window, stored after p_since, is one that calibrated weights go back to the preset for: its verdict is not ok, or its '
  'divergence is above the level warning. '
  'Twin: judgeStoredWindow (src/shared/divergence/judge-fit.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.are_weights_refuted(bigint, text, text, timestamptz) from public;

-- forecasts/functions/crps.sql
-- Scores want the 199 levels 0.005 to 0.995 that every forecast is stored with.
create or replace function internal.crps(p_quantiles double precision[], p_outcome double precision) returns double precision
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
  'CRPS of a forecast known by its 199 quantiles: twice the integral of the pinball loss over the levels; in the outcome''s unit. '
  'Twin: crpsFromQuantiles (src/shared/scores/crps.ts), compared in test/database/forecast-scores.test.ts.';
revoke execute on function internal.crps(double precision[], double precision) from public;

-- forecasts/functions/forecast_context.sql
create or replace function public.forecast_context(p_symbol text, p_horizon text, p_config_hash text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'thresholds', internal.setting('direction_thresholds'),
    'latest_window', (
      select jsonb_build_object('window_id', w.window_id,
        'last_bar_time', to_char(o.last_bar_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'verdict', o.verdict, 'reasons', o.reasons)
      from public.symbols s
      join public.vw_valid_windows w on w.symbol_id = s.id and w.horizon = p_horizon and w.config_hash = p_config_hash
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

-- forecasts/functions/forecast_shortage.sql
-- Too little to forecast from, whatever the sizes of the windows: they are settings, and may be small.
create or replace function internal.forecast_shortage(p_symbol_id bigint, p_horizon text) returns table (code text, message text)
language sql stable set search_path = ''
as $$
  select
    case when least(b.bars, b.fitted) < b.needed then 'too_few_bars' else 'too_short_span' end,
    case
      when b.bars < b.fitted then format('%s has %s bars for %s; a forecast needs %s (train %s, validation %s)',
        b.symbol, b.bars, p_horizon, b.needed, b.sizes ->> 'train', b.sizes ->> 'validation')
      when b.bars < b.needed then format('%s has %s bars for %s; a forecast needs %s at least', b.symbol, b.bars, p_horizon, b.needed)
      when b.fitted < b.needed then format(
        '%s %s would be fitted on %s bars (train %s, validation %s); a forecast needs %s at least: raise the setting window_sizes',
        b.symbol, p_horizon, b.fitted, b.sizes ->> 'train', b.sizes ->> 'validation', b.needed)
      else format('The %s bars of %s for %s span %s days; a forecast needs %s at least', b.bars, b.symbol, p_horizon, b.days, 30)
    end
  from (
    select s.symbol, z.sizes, z.fitted, greatest(z.fitted, 100) as needed, count(x.bar_time) as bars,
      (max(x.bar_time) at time zone 'UTC')::date - (min(x.bar_time) at time zone 'UTC')::date as days
    from public.symbols s
    cross join lateral (
      select w.sizes, (w.sizes ->> 'train')::integer + (w.sizes ->> 'validation')::integer as fitted
      from (select internal.window_sizes(p_horizon) as sizes) w
    ) z
    left join public.bars x on x.symbol_id = s.id and x.timeframe = internal.timeframe_of(p_horizon)
    where s.id = p_symbol_id
    group by s.symbol, z.sizes, z.fitted
  ) b
  where least(b.bars, b.fitted) < b.needed or b.days < 30
$$;
comment on function internal.forecast_shortage(bigint, text) is
  'Why a symbol''s bars are too little for a forecast, with what is there and what is needed: too_few_bars (fewer than train and '
  'validation take, or than 100) or too_short_span (fewer than 30 days from the first to the last); no row when they are enough. '
  'Twin: requireForecastHistory (src/shared/series/require-forecast-history.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.forecast_shortage(bigint, text) from public;

-- forecasts/functions/forecast_state.sql
create or replace function public.forecast_state(p_symbols text[], p_horizon text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_ensemble public.ensembles;
  v_state record;
  v_states jsonb := '[]';
begin
  perform internal.require_forecast_request(p_symbols, p_horizon);
  for v_state in
    select s.id as symbol_id, s.symbol, count(b.bar_time) as bars, max(b.bar_time) as cutoff,
      max(b.ingested_at) as stored_at
    from public.symbols s
    left join public.bars b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
    where s.symbol = any (p_symbols)
    group by s.id
    order by array_position(p_symbols, s.symbol)
  loop
    perform internal.require_bars(v_state.symbol, p_horizon, v_state.bars);
    v_ensemble := internal.serving_ensemble(v_state.symbol_id, p_horizon);
    v_states := v_states || jsonb_build_object(
      'symbol', v_state.symbol,
      'bars', v_state.bars,
      'forecast_id', (
        select f.id from public.forecasts f
        where f.symbol_id = v_state.symbol_id and f.horizon = p_horizon and f.ensemble = v_ensemble.ensemble
          and f.config_hash = v_ensemble.config_hash and f.data_cutoff = v_state.cutoff
          and f.issued_at >= v_state.stored_at),
      'artifact', (
        select jsonb_build_object('id', a.id, 'cutoff_bar', v_state.bars - 1 - newer.bars)
        from public.artifacts a
        cross join lateral (
          select count(*) as bars from public.bars n
          where n.symbol_id = a.symbol_id and n.timeframe = internal.timeframe_of(p_horizon)
            and n.bar_time > a.data_cutoff
        ) newer
        where a.symbol_id = v_state.symbol_id and a.horizon = p_horizon and a.ensemble = v_ensemble.ensemble
          and a.config_hash = v_ensemble.config_hash
          and newer.bars <= (internal.setting('artifact_max_age_bars') #>> '{}')::integer
          -- Restated bars make another series: what was fitted on the old one does not speak of it.
          and a.trained_at >= (
            select max(o.ingested_at) from public.bars o
            where o.symbol_id = a.symbol_id and o.timeframe = internal.timeframe_of(p_horizon)
              and o.bar_time <= a.data_cutoff)
          -- Weights that were learned before a window spoke against them are the preset's in the next fit.
          and (v_ensemble.configuration ->> 'weighting' is distinct from 'calibrated'
            or not internal.are_weights_refuted(a.symbol_id, a.horizon, a.config_hash, a.trained_at))
        order by a.data_cutoff desc limit 1));
  end loop;
  return v_states;
end
$$;
comment on function public.forecast_state(text[], text) is
  'What is there for a request, by symbol and of the ensemble that serves it: bars, the forecast from the latest bar, an artifact young enough '
  'to make one, with the ordinal of its last bar. Raises unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, too_few_bars, '
  'too_short_span, no_eight_hours_ahead.';
revoke execute on function public.forecast_state(text[], text) from public, anon, authenticated;
grant execute on function public.forecast_state(text[], text) to service_role;

-- forecasts/functions/internal_score_outcomes.sql
create or replace function internal.score_outcomes() returns integer
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
revoke execute on function internal.score_outcomes() from public;

-- forecasts/functions/is_covered.sql
create or replace function internal.is_covered(p_quantiles double precision[], p_outcome double precision, p_percent integer) returns boolean
language sql immutable strict set search_path = ''
as $$
  select p_outcome between p_quantiles[100 - p_percent] and p_quantiles[100 + p_percent]
$$;
comment on function internal.is_covered(double precision[], double precision, integer) is
  'Whether the central interval of p_percent, ends included, of 199 quantiles holds the outcome. '
  'Twin: intervalPlaces (src/shared/scores/coverage.ts), compared in test/database/forecast-scores.test.ts.';
revoke execute on function internal.is_covered(double precision[], double precision, integer) from public;

-- forecasts/functions/log_score.sql
create or replace function internal.log_score(p_quantiles double precision[], p_outcome double precision) returns double precision
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
  'Minus the log density at the outcome of a forecast known by its 199 quantiles; null for a point mass. '
  'Twin: logScoreFromQuantiles (src/shared/scores/log-score-quantiles.ts), compared in test/database/forecast-scores.test.ts.';
revoke execute on function internal.log_score(double precision[], double precision) from public;

-- forecasts/functions/pit.sql
create or replace function internal.pit(p_quantiles double precision[], p_outcome double precision) returns double precision
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
revoke execute on function internal.pit(double precision[], double precision) from public;

-- forecasts/functions/publishing_stopped.sql
create or replace function internal.publishing_stopped(p_from timestamptz, p_until timestamptz) returns boolean
language sql stable set search_path = ''
as $$
  with switches as (
    select e.id, e.happened_at, e.kind from public.rollout_events e where e.kind in ('kill_switch_on', 'kill_switch_off')
  )
  select exists (select from switches s where s.kind = 'kill_switch_on' and s.happened_at > p_from and s.happened_at <= p_until)
    or coalesce(
      (select s.kind = 'kill_switch_on' from switches s where s.happened_at <= p_from order by s.id desc limit 1),
      (select s.kind = 'kill_switch_off' from switches s where s.happened_at > p_from order by s.id limit 1),
      internal.setting('publishing_enabled') <> 'true')
$$;
comment on function internal.publishing_stopped(timestamptz, timestamptz) is
  'Whether the kill switch was on at some moment between two, by its events: nothing was planned then.';
revoke execute on function internal.publishing_stopped(timestamptz, timestamptz) from public;

-- forecasts/functions/request_forecasts.sql
create or replace function public.request_forecasts(p_symbols text[], p_horizon text, p_requested_by uuid default null) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  v_subjects jsonb := '[]';
  v_subject record;
  v_ensemble text;
  v_hash text;
  v_cutoff timestamptz;
  v_params jsonb := jsonb_build_object('symbols', to_jsonb(p_symbols), 'horizon', p_horizon);
  v_key text;
  v_run_id uuid;
begin
  perform internal.require_forecast_request(p_symbols, p_horizon);
  for v_subject in
    select x.*, e.ensemble, e.config_hash
    from (
      select s.id, s.symbol, count(b.bar_time) as bars, max(b.bar_time) as cutoff, max(b.ingested_at) as stored_at
      from public.symbols s
      left join public.bars b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
      where s.symbol = any (p_symbols)
      group by s.id
    ) x
    cross join lateral internal.serving_ensemble(x.id, p_horizon) e
    order by x.symbol
  loop
    perform internal.require_bars(v_subject.symbol, p_horizon, v_subject.bars);
    v_subjects := v_subjects || to_jsonb(v_subject);
  end loop;
  -- The one ensemble of them all, or null.
  select case when count(distinct x.ensemble) = 1 then max(x.ensemble) end, case when count(distinct x.ensemble) = 1 then max(x.config_hash) end,
    case when count(*) = 1 then max(x.cutoff) end
  into v_ensemble, v_hash, v_cutoff
  from jsonb_to_recordset(v_subjects) as x(ensemble text, config_hash text, cutoff timestamptz);

  v_key := format('request:%s:%s:%s', p_horizon, coalesce(v_hash, 'both'), md5(v_subjects::text));
  if v_ensemble is not null then
    v_run_id := internal.create_run('forecast', v_ensemble, v_key, 'http', p_requested_by, v_cutoff, v_params);
  else
    insert into public.runs (kind, idempotency_key, requested_via, requested_by, params)
    values ('forecast', v_key, 'http', p_requested_by, v_params)
    on conflict (idempotency_key) where status <> 'failed' do nothing
    returning id into v_run_id;
  end if;
  if v_run_id is null then
    return (select r.id from public.runs r where r.idempotency_key = v_key and r.status <> 'failed');
  end if;
  for v_subject in
    select x.symbol, x.bars, x.ensemble from jsonb_to_recordset(v_subjects) as x(symbol text, bars bigint, ensemble text)
  loop
    perform internal.add_job(v_run_id, 'forecast', v_subject.symbol,
      internal.ensemble_payload(v_subject.symbol, p_horizon, v_subject.ensemble) || jsonb_build_object('last_bar', v_subject.bars - 1), 5);
  end loop;
  if v_ensemble is null then
    update public.jobs j set configuration = e.configuration, config_hash = e.config_hash
    from public.ensembles e
    where j.run_id = v_run_id and e.ensemble = j.payload ->> 'ensemble';
  end if;
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return v_run_id;
end
$$;
comment on function public.request_forecasts(text[], text, uuid) is
  'Plans forecasts asked for over HTTP, each by the ensemble that serves its symbol, and returns the run''s id; the same question on the same '
  'bars is the same run. Raises unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, too_few_bars, too_short_span, '
  'no_eight_hours_ahead.';
revoke execute on function public.request_forecasts(text[], text, uuid) from public, anon, authenticated;
grant execute on function public.request_forecasts(text[], text, uuid) to service_role;

-- forecasts/functions/require_bars.sql
create or replace function internal.require_bars(p_symbol text, p_horizon text, p_bars bigint) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_shortage record;
  v_cutoff timestamptz;
begin
  select x.code, x.message into v_shortage
  from public.symbols s cross join lateral internal.forecast_shortage(s.id, p_horizon) x
  where s.symbol = p_symbol;
  if found then
    perform internal.refuse(422, v_shortage.code, v_shortage.message);
  end if;
  select max(b.bar_time) into v_cutoff
  from public.bars b join public.symbols s on s.id = b.symbol_id
  where s.symbol = p_symbol and b.timeframe = internal.timeframe_of(p_horizon);
  if internal.not_issued_from(p_horizon, v_cutoff) then
    perform internal.refuse(422, 'no_eight_hours_ahead', format(
      'No %s forecast of %s is issued from the close of %s, a half day: two half sessions later the next session closes, which is 1D',
      p_horizon, p_symbol, (v_cutoff at time zone 'America/New_York')::date));
  end if;
end
$$;
comment on function internal.require_bars(text, text, bigint) is
  'Raises too_few_bars or too_short_span, with what is there and what is needed; no_eight_hours_ahead where the horizon does not begin.';
revoke execute on function internal.require_bars(text, text, bigint) from public;

-- forecasts/functions/require_forecast_request.sql
create or replace function internal.require_forecast_request(p_symbols text[], p_horizon text) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_unserved text;
  v_unknown text;
begin
  if internal.window_sizes(p_horizon) is null then
    perform internal.refuse(400, 'unsupported_horizon', format('Horizon %s is not offered; offered: %s', p_horizon,
      (select string_agg(o.name, ', ' order by o.name) from jsonb_object_keys(internal.setting('window_sizes')) o(name))));
  end if;
  if internal.setting('publishing_enabled') <> 'true' then
    perform internal.refuse(409, 'publishing_disabled', 'The kill switch is on: no forecast is made or published');
  end if;
  select string_agg(distinct s.symbol, ', ') into v_unserved
  from public.symbols s
  where s.symbol = any (p_symbols) and (internal.serving_ensemble(s.id, p_horizon)).ensemble is null;
  if v_unserved is not null then
    perform internal.refuse(409, 'no_ensemble', format('No active ensemble is configured that serves %s', v_unserved));
  end if;
  select string_agg(a.symbol, ', ') into v_unknown
  from unnest(p_symbols) a(symbol)
  where not exists (select from public.symbols s where s.symbol = a.symbol);
  if v_unknown is not null then
    perform internal.refuse(404, 'unknown_symbol', format('Not in the registry of symbols: %s', v_unknown));
  end if;
end
$$;
comment on function internal.require_forecast_request(text[], text) is
  'Why no forecast is made on request: unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol.';
revoke execute on function internal.require_forecast_request(text[], text) from public;

-- forecasts/functions/score_outcomes.sql
create or replace function public.score_outcomes() returns integer
language sql security definer set search_path = ''
as $$
  select internal.score_outcomes()
$$;
comment on function public.score_outcomes() is 'Scores forecasts that have come true since; returns how many. Cron calls it.';
revoke execute on function public.score_outcomes() from public, anon, authenticated;
grant execute on function public.score_outcomes() to service_role;

-- forecasts/functions/store_artifact.sql
create or replace function internal.store_artifact(p_run_id uuid, p_row jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_id bigint;
begin
  insert into public.artifacts (
    symbol_id, horizon, ensemble, config_hash, code_version, data_cutoff, hyperparameters, state, run_id)
  select s.id, p_row ->> 'horizon', p_row ->> 'ensemble', p_row ->> 'config_hash', p_row ->> 'code_version',
    (p_row ->> 'data_cutoff')::timestamptz, p_row -> 'hyperparameters', p_row -> 'state', p_run_id
  from public.symbols s where s.symbol = p_row ->> 'symbol'
  on conflict on constraint artifacts_one_a_cutoff do update
    set hyperparameters = excluded.hyperparameters, state = excluded.state, run_id = excluded.run_id, trained_at = now()
  returning id into strict v_id;

  -- Two generations are kept: the one in use and the one before it.
  delete from public.artifacts a
  using public.artifacts latest
  where latest.id = v_id
    and (a.symbol_id, a.horizon, a.ensemble) = (latest.symbol_id, latest.horizon, latest.ensemble)
    and a.id not in (
      select k.id from public.artifacts k
      where (k.symbol_id, k.horizon, k.ensemble) = (latest.symbol_id, latest.horizon, latest.ensemble)
      order by k.trained_at desc, k.id desc limit 2);
  return v_id;
end
$$;
comment on function internal.store_artifact(uuid, jsonb) is 'Stores a fitted ensemble (a row of artifacts as JSON, by symbol) and drops all but the last two.';
revoke execute on function internal.store_artifact(uuid, jsonb) from public;

-- forecasts/functions/store_forecast.sql
create or replace function internal.store_forecast(p_run_id uuid, p_artifact_id bigint, p_row jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_row public.forecasts;
  v_bars_stored_at timestamptz;
begin
  v_row := jsonb_populate_record(null::public.forecasts, p_row);
  select s.id into strict v_row.symbol_id from public.symbols s where s.symbol = p_row ->> 'symbol';

  -- A forecast once issued stands, unless the bars it was made from were restated since: its prices are then of another series.
  select max(b.ingested_at) into v_bars_stored_at
  from public.bars b
  where b.symbol_id = v_row.symbol_id and b.timeframe = internal.timeframe_of(v_row.horizon)
    and b.bar_time <= v_row.data_cutoff;
  delete from public.forecasts f
  where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff)
    and f.issued_at < v_bars_stored_at;

  insert into public.forecasts (
    symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, last_close,
    forecast_return, forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80,
    lower_90, upper_90, lower_95, upper_95, quantile_levels, return_quantiles, members, artifact_id, run_id,
    direction, confidence, direction_thresholds, agreement, mean_spread, scale_ratio, drivers, quality_notes)
  values (
    v_row.symbol_id, v_row.symbol, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.code_version,
    v_row.data_cutoff, v_row.target_time, v_row.last_close, v_row.forecast_return, v_row.forecast_price, v_row.scale,
    v_row.probability_up, v_row.lower_50, v_row.upper_50, v_row.lower_80, v_row.upper_80, v_row.lower_90, v_row.upper_90,
    v_row.lower_95, v_row.upper_95, v_row.quantile_levels, v_row.return_quantiles, v_row.members, p_artifact_id, p_run_id,
    v_row.direction, v_row.confidence, v_row.direction_thresholds, v_row.agreement, v_row.mean_spread, v_row.scale_ratio,
    coalesce(v_row.drivers, '[]'), coalesce(v_row.quality_notes, '[]'))
  on conflict on constraint forecasts_one_a_cutoff do nothing;

  return (
    select f.id from public.forecasts f
    where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff));
end
$$;
comment on function internal.store_forecast(uuid, bigint, jsonb) is
  'Stores a forecast (a row of forecasts as JSON) and returns its id. The first one for a cutoff and configuration stands, until its '
  'bars are restated.';
revoke execute on function internal.store_forecast(uuid, bigint, jsonb) from public;

-- forecasts/functions/store_forecast_result.sql
create or replace function internal.store_forecast_result(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_artifact_id bigint := internal.store_artifact(p_job.run_id, p_result -> 'artifact');
  v_forecast_id bigint := internal.store_forecast(p_job.run_id, v_artifact_id, p_result -> 'forecast');
begin
  if jsonb_typeof(p_result -> 'weights') = 'object' then
    perform internal.store_weights(p_job.run_id, v_forecast_id, p_result -> 'weights');
  end if;
  return null;
end
$$;
comment on function internal.store_forecast_result(public.jobs, jsonb) is
  'Stores what a forecast job made: {artifact, forecast, weights}, the weights where they were learned.';
revoke execute on function internal.store_forecast_result(public.jobs, jsonb) from public;

-- forecasts/functions/store_requested_forecast.sql
create or replace function public.store_requested_forecast(p_artifact_id bigint, p_row jsonb) returns bigint
language sql security definer set search_path = ''
as $$
  select internal.store_forecast(null, p_artifact_id, p_row)
$$;
comment on function public.store_requested_forecast(bigint, jsonb) is
  'Stores a forecast made on request from an artifact; the first one for a cutoff and configuration stands. Returns its id.';
revoke execute on function public.store_requested_forecast(bigint, jsonb) from public, anon, authenticated;
grant execute on function public.store_requested_forecast(bigint, jsonb) to service_role;

-- forecasts/functions/store_weights.sql
create or replace function internal.store_weights(p_run_id uuid, p_forecast_id bigint, p_row jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_row public.ensemble_weights;
begin
  -- Where an earlier forecast for this cutoff stands, so do the weights it was made with.
  if not exists (select from public.forecasts f where f.id = p_forecast_id and f.run_id = p_run_id) then
    return;
  end if;
  v_row := jsonb_populate_record(null::public.ensemble_weights, p_row);
  select s.id into strict v_row.symbol_id from public.symbols s where s.symbol = p_row ->> 'symbol';
  insert into public.ensemble_weights as e (
    symbol_id, symbol, horizon, ensemble, config_hash, data_cutoff, method, weights, samples, span_days, reason_code,
    reason, run_id)
  values (
    v_row.symbol_id, v_row.symbol, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff, v_row.method,
    v_row.weights, v_row.samples, v_row.span_days, v_row.reason_code, v_row.reason, p_run_id)
  on conflict on constraint ensemble_weights_one_a_cutoff do update set
    method = excluded.method, weights = excluded.weights, samples = excluded.samples, span_days = excluded.span_days,
    reason_code = excluded.reason_code, reason = excluded.reason, run_id = excluded.run_id, created_at = now();
end
$$;
comment on function internal.store_weights(uuid, bigint, jsonb) is
  'Stores the weights that a run''s forecast was made with (a row of ensemble_weights as JSON, by symbol); nothing when another run''s '
  'forecast stands in its place.';
revoke execute on function internal.store_weights(uuid, bigint, jsonb) from public;

-- forecasts/views/current_forecasts.sql
-- One look at an index for each symbol and horizon, however many forecasts there are. Symbol and horizon are the registry's, so that who
-- asks for one of them looks for no other.
create or replace view public.current_forecasts with (security_invoker = true) as
select
  f.id, v.symbol_id, v.symbol, v.horizon, f.ensemble, f.config_hash, f.code_version, f.data_cutoff, f.target_time,
  f.issued_at, f.last_close, f.forecast_return, f.forecast_price, f.scale, f.probability_up, f.lower_50, f.upper_50,
  f.lower_80, f.upper_80, f.lower_90, f.upper_90, f.lower_95, f.upper_95, f.quantile_levels, f.return_quantiles,
  f.members, f.artifact_id, f.run_id, f.direction, f.confidence, f.direction_thresholds, f.agreement, f.mean_spread,
  f.scale_ratio, f.drivers, f.quality_notes
from public.vw_serving_ensembles v
cross join lateral (
  -- A candidate that has only just come to a symbol has no forecast yet: until then nobody is left without one.
  select l.*
  from public.ensembles e
  cross join lateral (
    select x.*
    from public.forecasts x
    where x.symbol_id = v.symbol_id and x.horizon = v.horizon and x.ensemble = e.ensemble and x.config_hash = e.config_hash
    order by x.data_cutoff desc
    limit 1
  ) l
  where e.active and e.ensemble in (v.ensemble, 'baseline')
  -- Nor does one that it made in an earlier rollout stand before a newer one of the baseline.
  order by e.ensemble = v.ensemble and l.issued_at >= coalesce(v.reached_at, '-infinity') desc, l.data_cutoff desc, e.ensemble = v.ensemble desc
  limit 1
) f
where (select t.value from public.settings t where t.name = 'publishing_enabled') = 'true'
order by v.symbol_id, v.horizon;
comment on view public.current_forecasts is
  'What apps read: the latest forecast by symbol and horizon of the ensemble that serves it (vw_serving_ensembles), made with its present '
  'configuration; the baseline''s where a candidate that serves has none yet, or none newer since this rollout came to it; empty while '
  'publishing_enabled is false.';

revoke all on public.current_forecasts from anon, authenticated, service_role;
grant select on public.current_forecasts to authenticated, service_role;

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
), session as materialized (
  select r.date, r.half_day
  from recent r
  where r.close_at + make_interval(mins => (
    select (t.value #>> '{}')::integer from public.settings t where t.name = 'forecast_deadline_minutes')) <= now()
  order by r.date desc
  limit 1
)
select
  s.symbol,
  s.stage,
  a.horizon,
  e.ensemble,
  session.date as session_date,
  c.cutoff as expected_cutoff,
  b.newest as newest_bar,
  f.id as forecast_id,
  f.issued_at,
  case
    when f.id is not null then 'there'
    when b.newest is null then 'no_bars'
    when b.newest < c.cutoff then 'bar_missing'
    else 'forecast_missing'
  end as state
from session
cross join public.vw_ensemble_assignments a
join public.symbols s on s.id = a.symbol_id
join public.ensembles e on e.ensemble = a.ensemble
cross join lateral (
  select case a.horizon
    when '1D' then session.date::timestamp at time zone 'UTC'
    when '4h' then (session.date + case when session.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York'
    when '8h' then case when not session.half_day then (session.date + '09:30'::time) at time zone 'America/New_York' end
  end as cutoff
) c
cross join lateral (
  select max(x.bar_time) as newest from public.bars x where x.symbol_id = s.id and x.timeframe = a.horizon
) b
left join public.forecasts f
  on f.symbol_id = s.id and f.horizon = a.horizon and f.ensemble = e.ensemble and f.config_hash = e.config_hash
  and f.data_cutoff = c.cutoff
where a.is_listed and a.is_planned and c.cutoff is not null
  and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? a.horizon);
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

-- forecasts/views/vw_forecast_quality.sql
create or replace view public.vw_forecast_quality with (security_invoker = true) as
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

revoke all on public.vw_forecast_quality from anon, authenticated, service_role;
grant select on public.vw_forecast_quality to authenticated, service_role;
