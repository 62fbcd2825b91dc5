-- What the board compares of each series: kept, so that a reading of it does not add up all pairs of the stage.
create table public.pair_sums_by_series (
  rollout_id bigint not null references public.rollouts (id),
  stage text not null,
  symbol_id bigint not null references public.symbols (id),
  horizon text not null,
  scored integer not null,
  pairs integer not null,
  candidate_squares numeric not null,
  baseline_squares numeric not null,
  candidate_crps numeric not null,
  baseline_crps numeric not null,
  covered_90 integer not null,
  primary key (rollout_id, stage, symbol_id, horizon)
-- Changed in place again and again: room for the next version of a row on its page.
) with (fillfactor = 60);
comment on table public.pair_sums_by_series is
  'Sums over forecast_pairs, one row per rollout, stage, symbol and horizon, kept by triggers of it. Numeric: exact whatever the order, so that what was added can be taken away.';
comment on column public.pair_sums_by_series.rollout_id is 'The rollout.';
comment on column public.pair_sums_by_series.stage is 'Its stage.';
comment on column public.pair_sums_by_series.symbol_id is 'The symbol.';
comment on column public.pair_sums_by_series.horizon is 'Horizon.';
comment on column public.pair_sums_by_series.scored is 'Rows of forecast_pairs.';
comment on column public.pair_sums_by_series.pairs is 'How many of them have a forecast of the baseline.';
comment on column public.pair_sums_by_series.candidate_squares is 'Sum of candidate_error squared over the pairs.';
comment on column public.pair_sums_by_series.baseline_squares is 'The same of the baseline.';
comment on column public.pair_sums_by_series.candidate_crps is 'Sum of candidate_crps over the pairs.';
comment on column public.pair_sums_by_series.baseline_crps is 'The same of the baseline.';
comment on column public.pair_sums_by_series.covered_90 is 'Scored ones whose 90 % interval of the candidate held the outcome.';

alter table public.pair_sums_by_series enable row level security;
create policy pair_sums_by_series_are_read_by_operators on public.pair_sums_by_series for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.pair_sums_by_series from anon, authenticated, service_role;
grant select on public.pair_sums_by_series to authenticated, service_role;
