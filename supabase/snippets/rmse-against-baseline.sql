-- Is the candidate better than the baseline on the forecasts that both made from the same bar? A ratio below 1 is; n says how much that is worth.
select symbol, horizon, n, candidate_rmse, baseline_rmse, round(rmse_ratio::numeric, 4) as rmse_ratio, candidate_crps, baseline_crps,
  round(crps_ratio::numeric, 4) as crps_ratio, no_change_rmse, first_outcome_time, last_outcome_time
from public.vw_rmse_against_baseline
order by crps_ratio desc nulls last, symbol, horizon;
