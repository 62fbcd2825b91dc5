-- Do the intervals hold what they promise, and how good are the forecasts? Of the latest 30 and 250 outcomes, and of all (latest is null).
-- Rounded in double precision: round() would make a numeric of each figure first, which takes longer than to compute it.
select q.symbol, q.horizon, q.ensemble, q.latest, q.n, floor(1000 * q.coverage_50 + 0.5) / 1000 as coverage_50,
  floor(1000 * q.coverage_80 + 0.5) / 1000 as coverage_80, floor(1000 * q.coverage_90 + 0.5) / 1000 as coverage_90,
  floor(1000 * q.coverage_95 + 0.5) / 1000 as coverage_95, q.mean_crps, q.rmse, q.no_change_rmse,
  floor(1000 * q.directional_accuracy + 0.5) / 1000 as directional_accuracy, floor(1000 * q.base_rate + 0.5) / 1000 as base_rate
from public.vw_forecast_quality q
join public.ensembles e on e.ensemble = q.ensemble and e.config_hash = q.config_hash
order by q.symbol, q.horizon, q.ensemble, q.latest nulls last;
