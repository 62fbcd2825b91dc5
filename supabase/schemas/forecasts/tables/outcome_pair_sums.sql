create table public.outcome_pair_sums (
  symbol_id bigint not null references public.symbols (id) on delete cascade,
  horizon text not null,
  candidate_hash text not null,
  baseline_hash text not null,
  n integer not null default 0,
  first_cutoff timestamptz,
  last_cutoff timestamptz,
  first_outcome_time timestamptz,
  last_outcome_time timestamptz,
  candidate_squared_error numeric not null default 0,
  baseline_squared_error numeric not null default 0,
  squared_return numeric not null default 0,
  candidate_crps numeric not null default 0,
  baseline_crps numeric not null default 0,
  primary key (symbol_id, horizon, candidate_hash, baseline_hash),
  constraint outcome_pair_sums_n_is_a_count check (n >= 0),
  constraint outcome_pair_sums_ends_are_those_of_pairs check (
    num_nulls(first_cutoff, last_cutoff, first_outcome_time, last_outcome_time) = case when n = 0 then 4 else 0 end
  )
) with (fillfactor = 60);
comment on table public.outcome_pair_sums is
  'What vw_rmse_against_baseline divides: sums over pairs of forecasts, candidate and baseline from the same bar, that have both come true, of every two '
  'configurations that have such pairs. Kept by triggers of forecast_outcomes; numeric, as outcome_sums.';
comment on column public.outcome_pair_sums.symbol_id is 'The symbol.';
comment on column public.outcome_pair_sums.horizon is 'Horizon.';
comment on column public.outcome_pair_sums.candidate_hash is 'config_hash of the candidate''s forecasts.';
comment on column public.outcome_pair_sums.baseline_hash is 'config_hash of the baseline''s.';
comment on column public.outcome_pair_sums.n is 'Pairs.';
comment on column public.outcome_pair_sums.first_cutoff is 'data_cutoff of the earliest pair, UTC; null for none.';
comment on column public.outcome_pair_sums.last_cutoff is 'data_cutoff of the latest, UTC.';
comment on column public.outcome_pair_sums.first_outcome_time is 'Outcome bar of the earliest, UTC.';
comment on column public.outcome_pair_sums.last_outcome_time is 'Outcome bar of the latest, UTC.';
comment on column public.outcome_pair_sums.candidate_squared_error is 'Sum of the candidate''s squared errors.';
comment on column public.outcome_pair_sums.baseline_squared_error is 'The same of the baseline.';
comment on column public.outcome_pair_sums.squared_return is 'Sum of squared returns: the squared errors of "no change".';
comment on column public.outcome_pair_sums.candidate_crps is 'Sum of the candidate''s CRPS.';
comment on column public.outcome_pair_sums.baseline_crps is 'The same of the baseline.';

alter table public.outcome_pair_sums enable row level security;
create policy outcome_pair_sums_are_read_by_users on public.outcome_pair_sums for select to authenticated using (true);
revoke all on public.outcome_pair_sums from anon, authenticated, service_role;
grant select on public.outcome_pair_sums to authenticated, service_role;
