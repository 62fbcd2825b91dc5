-- How do the ensembles as configured now, and each of their members, forecast what came true? By symbol and horizon; n says how much that is worth.
select p.symbol, p.horizon, p.ensemble, p.model, p.n, round(p.mean_weight::numeric, 3) as mean_weight, p.rmse,
  round(p.rmse_to_no_change::numeric, 4) as rmse_to_no_change, p.mean_error, round(p.directional_accuracy::numeric, 3) as directional_accuracy,
  round(p.base_rate::numeric, 3) as base_rate, p.mean_crps, round(p.coverage_90::numeric, 3) as coverage_90, p.last_outcome_time
from public.vw_model_performance p
join public.ensembles e on e.ensemble = p.ensemble and e.config_hash = p.config_hash
order by p.symbol, p.horizon, p.ensemble, p.model <> 'ensemble', p.model;
