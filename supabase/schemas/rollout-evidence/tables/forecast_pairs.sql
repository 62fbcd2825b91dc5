-- What a rollout compares: the candidate's forecasts of its stages that have come true, each beside the baseline's from the same bar. All that the judge needs
-- of their quantiles is here, so that evidence is a sum.
create table public.forecast_pairs (
  candidate_id bigint primary key references public.forecast_outcomes (forecast_id) on delete cascade,
  baseline_id bigint references public.forecast_outcomes (forecast_id) on delete set null,
  rollout_id bigint not null references public.rollouts (id),
  stage text not null,
  symbol_id bigint not null references public.symbols (id),
  horizon text not null,
  data_cutoff timestamptz not null,
  outcome_time timestamptz not null,
  issued_at timestamptz not null,
  candidate_error double precision not null,
  candidate_crps double precision not null,
  candidate_covered boolean[] not null,
  baseline_error double precision,
  baseline_crps double precision,
  compared_at timestamptz,
  scale double precision,
  mean_difference double precision,
  bounded_error double precision,
  bounded_candidate_crps double precision,
  bounded_baseline_crps double precision,
  crps_floors_below double precision[],
  crps_floors_above double precision[],
  squares_floors_below double precision[],
  squares_floors_above double precision[],
  constraint forecast_pairs_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint forecast_pairs_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint forecast_pairs_levels_are_four check (cardinality(candidate_covered) = 4),
  constraint forecast_pairs_baseline_is_whole check (num_nulls(baseline_error, baseline_crps) in (0, 2)),
  constraint forecast_pairs_comparison_is_whole check (
    num_nulls(scale, mean_difference, bounded_error, bounded_candidate_crps, bounded_baseline_crps, crps_floors_below, crps_floors_above,
      squares_floors_below, squares_floors_above) in (0, 9)
  ),
  constraint forecast_pairs_scale_is_positive check (scale > 0 and scale < 'infinity')
);
comment on table public.forecast_pairs is
  'The candidate''s forecasts of a rollout''s stages that have come true, one row each, with the baseline''s from the same bar where there is one, and what the '
  'judge needs of both: rows enter with their outcomes, and are compared soon after.';
comment on column public.forecast_pairs.candidate_id is 'The candidate''s forecast.';
comment on column public.forecast_pairs.baseline_id is 'The baseline''s from the same bar with the same outcome bar; null without one.';
comment on column public.forecast_pairs.rollout_id is 'The rollout.';
comment on column public.forecast_pairs.stage is 'Its stage when both were issued.';
comment on column public.forecast_pairs.symbol_id is 'The symbol.';
comment on column public.forecast_pairs.horizon is 'Horizon.';
comment on column public.forecast_pairs.data_cutoff is 'The last bar that both saw, UTC.';
comment on column public.forecast_pairs.outcome_time is 'bar_time of the outcome bar, UTC.';
comment on column public.forecast_pairs.issued_at is 'When the later of the two was stored, UTC.';
comment on column public.forecast_pairs.candidate_error is 'As in forecast_outcomes: forecast less outcome, a log return.';
comment on column public.forecast_pairs.candidate_crps is 'As in forecast_outcomes.';
comment on column public.forecast_pairs.candidate_covered is 'Whether the outcome lay within the candidate''s 50, 80, 90 and 95 % interval.';
comment on column public.forecast_pairs.baseline_error is 'As in forecast_outcomes; null without a baseline.';
comment on column public.forecast_pairs.baseline_crps is 'As in forecast_outcomes; null without a baseline.';
comment on column public.forecast_pairs.compared_at is 'When the figures that follow were computed, UTC; null: they are yet to be.';
comment on column public.forecast_pairs.scale is
  'Half the distance between the baseline''s 16 % and 84 % quantiles, the unit of what follows; null, like them, where the baseline has no width, or no such levels.';
comment on column public.forecast_pairs.mean_difference is 'Candidate''s mean less the baseline''s, in scales.';
comment on column public.forecast_pairs.bounded_error is
  'Outcome less the baseline''s mean, in scales, where an outcome further than 3 scales from the baseline''s median counts as 3.';
comment on column public.forecast_pairs.bounded_candidate_crps is 'CRPS of that outcome, in scales.';
comment on column public.forecast_pairs.bounded_baseline_crps is 'The same of the baseline.';
comment on column public.forecast_pairs.crps_floors_below is
  'The least that r times the baseline''s CRPS less the candidate''s can be, whatever the outcome, for each r of internal.compared_ratios(); outcomes are bounded for r below 1.';
comment on column public.forecast_pairs.crps_floors_above is
  'The least that the candidate''s CRPS less r times the baseline''s can be; outcomes are bounded for r above 1.';
comment on column public.forecast_pairs.squares_floors_below is 'The least of r^2 times the baseline''s squared error less the candidate''s, of bounded outcomes, for each r up to 1.';
comment on column public.forecast_pairs.squares_floors_above is 'The least of the candidate''s squared error less r^2 times the baseline''s, of bounded outcomes, for each r from 1.';

create unique index forecast_pairs_by_baseline on public.forecast_pairs (baseline_id);
create index forecast_pairs_by_origin on public.forecast_pairs (rollout_id, stage, horizon, data_cutoff, symbol_id);
create index forecast_pairs_to_compare on public.forecast_pairs (candidate_id) where compared_at is null and baseline_id is not null;

alter table public.forecast_pairs enable row level security;
create policy forecast_pairs_are_read_by_operators on public.forecast_pairs for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.forecast_pairs from anon, authenticated, service_role;
grant select on public.forecast_pairs to authenticated, service_role;
