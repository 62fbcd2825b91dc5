create or replace view public.vw_canary_board with (security_invoker = true) as
select
  r.id as rollout_id,
  r.status,
  r.stage,
  m.symbol,
  h.horizon,
  m.stage as joined_in,
  g.ensemble,
  f.data_cutoff as last_cutoff,
  f.issued_at as last_issued_at,
  p.session_date,
  p.state,
  coalesce(s.scored, 0) as scored,
  coalesce(s.pairs, 0) as pairs,
  s.candidate_rmse,
  s.baseline_rmse,
  s.candidate_rmse / nullif(s.baseline_rmse, 0) as rmse_ratio,
  s.candidate_crps,
  s.baseline_crps,
  s.candidate_crps / nullif(s.baseline_crps, 0) as crps_ratio,
  s.coverage_90,
  w.window_id,
  e.divergence,
  t.verdict,
  e.updated_at as validated_at,
  a.alerts_open
from (select x.* from public.rollouts x order by x.id desc limit 1) r
join public.rollout_symbols m on m.rollout_id = r.id
cross join unnest(m.horizons) h(horizon)
join public.vw_ensemble_assignments g on g.symbol_id = m.symbol_id and g.horizon = h.horizon and g.is_serving
left join public.vw_forecast_presence p on p.symbol = m.symbol and p.horizon = h.horizon and p.ensemble = g.ensemble
left join lateral (
  select x.data_cutoff, x.issued_at
  from public.forecasts x
  where x.symbol_id = m.symbol_id and x.horizon = h.horizon and x.ensemble = g.ensemble
    and x.config_hash = case g.ensemble when 'candidate' then r.candidate_hash else r.baseline_hash end
  order by x.data_cutoff desc
  limit 1
) f on true
left join lateral (
  select q.symbol_id, q.horizon, count(*)::integer as scored, count(q.baseline_id)::integer as pairs,
    sqrt(avg(q.candidate_error * q.candidate_error) filter (where q.baseline_id is not null)) as candidate_rmse,
    sqrt(avg(q.baseline_error * q.baseline_error) filter (where q.baseline_id is not null)) as baseline_rmse,
    avg(q.candidate_crps) filter (where q.baseline_id is not null) as candidate_crps,
    avg(q.baseline_crps) filter (where q.baseline_id is not null) as baseline_crps,
    avg(q.candidate_covered[3]::integer)::double precision as coverage_90
  from public.forecast_pairs q
  where q.rollout_id = r.id and q.stage = r.stage
  group by q.symbol_id, q.horizon
) s on s.symbol_id = m.symbol_id and s.horizon = h.horizon
left join lateral (
  select v.metrics_id, v.window_id
  from public.vw_valid_windows v
  where v.symbol_id = m.symbol_id and v.horizon = h.horizon and v.config_hash = r.candidate_hash
  order by v.window_id desc
  limit 1
) w on true
left join public.ensemble_validation_metrics e on e.id = w.metrics_id
left join public.overfitting_tests t on t.metrics_id = w.metrics_id
cross join lateral (
  select count(*)::integer as alerts_open
  from public.divergence_alerts x
  where x.symbol_id = m.symbol_id and x.horizon = h.horizon and x.ensemble = 'candidate' and x.resolved_at is null
) a
order by m.symbol, h.horizon;
comment on view public.vw_canary_board is
  'The latest rollout by symbol and horizon that it has reached: who serves, the last forecast, candidate beside baseline over the forecasts of '
  'the present stage, or of the one that it ended in, that have come true, the latest window, open alerts.';
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

revoke all on public.vw_canary_board from anon, authenticated, service_role;
grant select on public.vw_canary_board to authenticated, service_role;
