create or replace view public.vw_canary_board with (security_invoker = true) as
-- Which forecasts are there is worked out once for all series; what is looked up for each of them comes after the order, so that who asks for the
-- first so many, or for one symbol, looks up no others.
with rollout as materialized (
  select x.* from public.rollouts x order by x.id desc limit 1
), expected as materialized (
  select c.calendar, c.horizon, c.session_date, c.expected_cutoff, e.ensemble, e.config_hash,
    dense_rank() over (order by c.horizon, c.expected_cutoff, e.ensemble) as place
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
    on x.horizon = g.horizon and x.ensemble = g.ensemble and x.calendar = g.calendar and g.is_listed
      and case g.ensemble when 'candidate' then g.is_candidate_planned else g.is_baseline_planned end
  left join (
    -- All forecasts from these bars at once: a look at an index for each bar, however many symbols there are.
    select x.symbol_id, c.place
    from (select distinct y.place, y.expected_cutoff, y.horizon, y.ensemble, y.config_hash from expected y) c
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
