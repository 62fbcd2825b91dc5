-- How does the latest rollout stand, symbol by symbol and horizon by horizon? 100 rows; those with open alerts, or without their forecast, come first.
-- Ratios below 1 favour the candidate; pairs says how much they are worth.
select rollout_id, status, stage, symbol, horizon, joined_in, ensemble, last_cutoff, last_issued_at, session_date, state, scored, pairs,
  round(rmse_ratio::numeric, 4) as rmse_ratio, round(crps_ratio::numeric, 4) as crps_ratio, round(coverage_90::numeric, 3) as coverage_90,
  round((100 * divergence)::numeric, 1) as divergence_percent, verdict, validated_at, alerts_open
from public.vw_canary_board
order by needs_attention desc, symbol, horizon
limit 100;
