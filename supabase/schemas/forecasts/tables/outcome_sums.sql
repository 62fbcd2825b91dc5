-- Reports over history read sums, so that they take as long after ten years as on the first day. Sums are numeric: exact, in any order, and what was added can be
-- subtracted again.
create table public.outcome_sums (
  symbol_id bigint not null references public.symbols (id) on delete cascade,
  horizon text not null,
  ensemble text not null,
  config_hash text not null,
  model text not null,
  latest integer not null,
  n integer not null default 0,
  first_cutoff timestamptz,
  last_cutoff timestamptz,
  first_outcome_time timestamptz,
  last_outcome_time timestamptz,
  covered_50 integer not null default 0,
  covered_80 integer not null default 0,
  covered_90 integer not null default 0,
  covered_95 integer not null default 0,
  crps numeric not null default 0,
  log_score numeric not null default 0,
  log_scores integer not null default 0,
  error numeric not null default 0,
  absolute_error numeric not null default 0,
  squared_error numeric not null default 0,
  squared_return numeric not null default 0,
  directions integer not null default 0,
  directions_correct integer not null default 0,
  directions_risen integer not null default 0,
  confidence numeric not null default 0,
  confidences integer not null default 0,
  confidences_true integer not null default 0,
  moves integer not null default 0,
  moves_risen integer not null default 0,
  moves_foretold integer not null default 0,
  moves_correct integer not null default 0,
  weight numeric not null default 0,
  weights integer not null default 0,
  primary key (symbol_id, horizon, ensemble, config_hash, model, latest),
  constraint outcome_sums_latest_known check (latest = 0 or model = 'ensemble' and latest in (30, 250)),
  constraint outcome_sums_n_is_of_the_latest check (n >= 0 and (latest = 0 or n <= latest)),
  constraint outcome_sums_ends_are_those_of_rows check (
    num_nulls(first_cutoff, last_cutoff, first_outcome_time, last_outcome_time) = case when n = 0 then 4 else 0 end
  )
-- Changed in place again and again: room for the next version of a row on its page.
) with (fillfactor = 60);
comment on table public.outcome_sums is
  'What vw_forecast_quality and vw_model_performance divide: sums over forecasts that have come true, kept by triggers of forecast_outcomes. '
  'internal.recount_outcomes counts them anew.';
comment on column public.outcome_sums.symbol_id is 'The symbol.';
comment on column public.outcome_sums.horizon is 'Horizon.';
comment on column public.outcome_sums.ensemble is 'candidate or baseline.';
comment on column public.outcome_sums.config_hash is 'Configuration the forecasts were made with.';
comment on column public.outcome_sums.model is 'ensemble, or the name of a member.';
comment on column public.outcome_sums.latest is 'Of how many outcomes at most, those of the latest cutoffs: 30, 250, or 0 for all. A member has all only.';
comment on column public.outcome_sums.n is 'Of how many there are.';
comment on column public.outcome_sums.first_cutoff is 'data_cutoff of the earliest of these forecasts, UTC; null for none.';
comment on column public.outcome_sums.last_cutoff is 'data_cutoff of the latest, UTC.';
comment on column public.outcome_sums.first_outcome_time is 'Outcome bar of the earliest, UTC.';
comment on column public.outcome_sums.last_outcome_time is 'Outcome bar of the latest, UTC.';
comment on column public.outcome_sums.covered_50 is 'Returns within the 50 % interval; 0 for a member, as all that only the ensemble has.';
comment on column public.outcome_sums.covered_80 is 'Returns within the 80 % interval.';
comment on column public.outcome_sums.covered_90 is 'Returns within the 90 % interval.';
comment on column public.outcome_sums.covered_95 is 'Returns within the 95 % interval.';
comment on column public.outcome_sums.crps is 'Sum of CRPS.';
comment on column public.outcome_sums.log_score is 'Sum of log scores.';
comment on column public.outcome_sums.log_scores is 'How many have one.';
comment on column public.outcome_sums.error is 'Sum of errors, forecast less outcome.';
comment on column public.outcome_sums.absolute_error is 'Sum of their sizes.';
comment on column public.outcome_sums.squared_error is 'Sum of their squares.';
comment on column public.outcome_sums.squared_return is 'Sum of squared returns: the squared errors of "no change".';
comment on column public.outcome_sums.directions is 'Outcomes with a stated direction and a move.';
comment on column public.outcome_sums.directions_correct is 'How many of these directions came true.';
comment on column public.outcome_sums.directions_risen is 'How many of these returns were above 0.';
comment on column public.outcome_sums.confidence is 'Sum of confidences.';
comment on column public.outcome_sums.confidences is 'How many have one.';
comment on column public.outcome_sums.confidences_true is 'How many of these had the likelier side come true.';
comment on column public.outcome_sums.moves is 'Returns other than 0.';
comment on column public.outcome_sums.moves_risen is 'How many of them were above 0.';
comment on column public.outcome_sums.moves_foretold is 'How many of them had a probability of a rise.';
comment on column public.outcome_sums.moves_correct is 'How many of these went to the likelier side.';
comment on column public.outcome_sums.weight is 'Sum of a member''s weights.';
comment on column public.outcome_sums.weights is 'How many have one.';

alter table public.outcome_sums enable row level security;
create policy outcome_sums_are_read_by_users on public.outcome_sums for select to authenticated using (true);
revoke all on public.outcome_sums from anon, authenticated, service_role;
grant select on public.outcome_sums to authenticated, service_role;
