-- What the judge reads of each forecast origin: kept, so that evidence does not add up all pairs of 60 sessions.
create table public.pair_sums_by_origin (
  rollout_id bigint not null references public.rollouts (id),
  stage text not null,
  horizon text not null,
  data_cutoff timestamptz not null,
  outcome_date date not null,
  pairs integer not null,
  unusable integer not null,
  candidate_crps double precision,
  baseline_crps double precision,
  bounded_candidate_crps double precision,
  bounded_baseline_crps double precision,
  crps_floors_below double precision[],
  crps_floors_above double precision[],
  candidate_squares double precision,
  baseline_squares double precision,
  bounded_candidate_squares double precision,
  bounded_baseline_squares double precision,
  difference_squares double precision,
  squares_floors_below double precision[],
  squares_floors_above double precision[],
  covered integer[] not null,
  primary key (rollout_id, stage, horizon, data_cutoff),
  constraint pair_sums_by_origin_counts_something check (pairs >= 0 and unusable >= 0 and pairs + unusable > 0)
);
comment on table public.pair_sums_by_origin is
  'Sums over the compared pairs of forecast_pairs, one row per rollout, stage, horizon and bar that they were made from. Kept by triggers of it: added up anew, in the '
  'order of the symbols, when a pair of the origin was compared, restated or deleted.';
comment on column public.pair_sums_by_origin.rollout_id is 'The rollout.';
comment on column public.pair_sums_by_origin.stage is 'Its stage.';
comment on column public.pair_sums_by_origin.horizon is 'Horizon.';
comment on column public.pair_sums_by_origin.data_cutoff is 'The last bar that the forecasts saw, UTC.';
comment on column public.pair_sums_by_origin.outcome_date is 'Date, in UTC, of the first of their outcome bars: the session that the origin counts to.';
comment on column public.pair_sums_by_origin.pairs is 'Pairs that are summed.';
comment on column public.pair_sums_by_origin.unusable is 'Pairs that were looked at and cannot be compared: their scale is null.';
comment on column public.pair_sums_by_origin.candidate_crps is 'Sum of the candidate''s CRPS in scales; null, like the other sums, where no pair is summed.';
comment on column public.pair_sums_by_origin.baseline_crps is 'The same of the baseline.';
comment on column public.pair_sums_by_origin.bounded_candidate_crps is 'Sum of bounded_candidate_crps.';
comment on column public.pair_sums_by_origin.bounded_baseline_crps is 'Sum of bounded_baseline_crps.';
comment on column public.pair_sums_by_origin.crps_floors_below is 'Sums of crps_floors_below, place by place.';
comment on column public.pair_sums_by_origin.crps_floors_above is 'Sums of crps_floors_above, place by place.';
comment on column public.pair_sums_by_origin.candidate_squares is 'Sum of the candidate''s squared error in scales.';
comment on column public.pair_sums_by_origin.baseline_squares is 'The same of the baseline.';
comment on column public.pair_sums_by_origin.bounded_candidate_squares is 'Sum of the candidate''s squared error, of bounded outcomes.';
comment on column public.pair_sums_by_origin.bounded_baseline_squares is 'The same of the baseline.';
comment on column public.pair_sums_by_origin.difference_squares is 'Sum of mean_difference squared.';
comment on column public.pair_sums_by_origin.squares_floors_below is 'Sums of squares_floors_below, place by place.';
comment on column public.pair_sums_by_origin.squares_floors_above is 'Sums of squares_floors_above, place by place.';
comment on column public.pair_sums_by_origin.covered is 'Outcomes within the candidate''s 50, 80, 90 and 95 % interval.';

create index pair_sums_by_origin_by_date on public.pair_sums_by_origin (rollout_id, stage, outcome_date);

alter table public.pair_sums_by_origin enable row level security;
create policy pair_sums_by_origin_are_read_by_operators on public.pair_sums_by_origin for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.pair_sums_by_origin from anon, authenticated, service_role;
grant select on public.pair_sums_by_origin to authenticated, service_role;
