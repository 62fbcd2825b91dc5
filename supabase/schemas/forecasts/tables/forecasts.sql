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
  quantile_levels_id smallint not null,
  constraint forecasts_symbol_is_the_ids foreign key (symbol_id, symbol) references public.symbols (id, symbol) on update cascade,
  constraint forecasts_quantile_levels_known foreign key (quantile_levels_id) references public.quantile_levels (id),
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
  constraint forecasts_quantiles_ascend check (internal.is_ascending(return_quantiles)),
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
-- Those of the last session are looked for in an index alone: what autovacuum has not seen yet takes a look at the wide rows, too.
) with (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000);
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
comment on column public.forecasts.return_quantiles is 'Quantiles of the log return, one at each level of quantile_levels_id.';
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
  'What to know before trusting it: [{code, sentence, figures}], code one of stale_data, event, gap, off_calendar, repeated_prices, '
  'repeated_rows, likely_split, unexplained_jump, companion_left_out, covariate_left_out, not_validated, overfitting, implausible, '
  'fallback, few_outcomes.';
comment on column public.forecasts.quantile_levels_id is 'The levels of return_quantiles, a row of quantile_levels.';

-- Apps and people name the ticker.
create index forecasts_of_symbol on public.forecasts (symbol, horizon, data_cutoff);
create index forecasts_by_cutoff on public.forecasts (data_cutoff, horizon, ensemble, config_hash) include (symbol_id, issued_at, id);
-- What came true by a bar, whoever made it.
create index forecasts_from_bar on public.forecasts (symbol_id, horizon, data_cutoff);
create index forecasts_by_run on public.forecasts (run_id);
create index forecasts_by_artifact on public.forecasts (artifact_id);

alter table public.forecasts enable row level security;
create policy forecasts_are_read_by_users on public.forecasts for select to authenticated using (true);
revoke all on public.forecasts from anon, authenticated, service_role;
grant select on public.forecasts to authenticated, service_role;
