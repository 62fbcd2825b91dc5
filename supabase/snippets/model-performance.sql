-- How do the ensembles as configured now, and each of their members, forecast what came true? By symbol and horizon; n says how much that is worth.
-- Rounded in double precision: round() would make a numeric of each figure first, which takes longer than to compute it.
select p.symbol, p.horizon, p.ensemble, p.model, p.n, floor(1000 * p.mean_weight + 0.5) / 1000 as mean_weight, p.rmse,
  floor(10000 * p.rmse_to_no_change + 0.5) / 10000 as rmse_to_no_change, p.mean_error, floor(1000 * p.directional_accuracy + 0.5) / 1000 as directional_accuracy,
  floor(1000 * p.base_rate + 0.5) / 1000 as base_rate, p.mean_crps, floor(1000 * p.coverage_90 + 0.5) / 1000 as coverage_90, p.last_outcome_time
from public.vw_model_performance p
join public.ensembles e on e.ensemble = p.ensemble and e.config_hash = p.config_hash
order by p.symbol, p.horizon, p.ensemble, p.model <> 'ensemble', p.model;
