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

create index forecast_outcomes_by_scoring on public.forecast_outcomes (scored_at);

alter table public.forecast_outcomes enable row level security;
create policy forecast_outcomes_are_read_by_users on public.forecast_outcomes for select to authenticated using (true);
revoke all on public.forecast_outcomes from anon, authenticated, service_role;
grant select on public.forecast_outcomes to authenticated, service_role;
