-- Do the intervals hold what they promise, and how good are the forecasts? Of the latest 30 and 250 outcomes, and of all (latest is null).
select q.symbol, q.horizon, q.ensemble, q.latest, q.n, round(q.coverage_50::numeric, 3) as coverage_50,
  round(q.coverage_80::numeric, 3) as coverage_80, round(q.coverage_90::numeric, 3) as coverage_90,
  round(q.coverage_95::numeric, 3) as coverage_95, q.mean_crps, q.rmse, q.no_change_rmse,
  round(q.directional_accuracy::numeric, 3) as directional_accuracy, round(q.base_rate::numeric, 3) as base_rate
from public.vw_forecast_quality q
join public.ensembles e on e.ensemble = q.ensemble and e.config_hash = q.config_hash
order by q.symbol, q.horizon, q.ensemble, q.latest nulls last;
