-- Written by npm run build:rows from supabase/snippets. Do not edit: change a snippet and write it again.
insert into public.monitoring_queries (name, query) values
  ('daily-divergence-summary', $query$-- How far did validation and test part company, day by day (New York) and by ensemble? The last 30 days; divergences in percent.
select day, ensemble, symbols, windows, round((100 * mean_divergence)::numeric, 1) as mean_percent,
  round((100 * largest_divergence)::numeric, 1) as largest_percent, largest_divergence_of, above_warning, above_overfitting, above_critical,
  overfitting_windows, implausible_windows, alerts_opened
from public.vw_daily_divergence
where day > (now() at time zone 'America/New_York')::date - 30
order by day desc, ensemble;
$query$),
  ('rmse-against-baseline', $query$-- Is the candidate better than the baseline on the forecasts that both made from the same bar? A ratio below 1 is; n says how much that is worth.
select symbol, horizon, n, candidate_rmse, baseline_rmse, round(rmse_ratio::numeric, 4) as rmse_ratio, candidate_crps, baseline_crps,
  round(crps_ratio::numeric, 4) as crps_ratio, no_change_rmse, first_outcome_time, last_outcome_time
from public.vw_rmse_against_baseline
order by crps_ratio desc nulls last, symbol, horizon;
$query$),
  ('overfitting-symbols', $query$-- Which symbols and horizons have overfitting windows among those validated in the last seven days? The worst first.
select symbol, horizon, overfitting_count, latest_validation_date, mean_divergence, max_divergence
from public.vw_overfitting_symbols
order by max_divergence desc, symbol, horizon;
$query$),
  ('model-performance', $query$-- How do the ensembles as configured now, and each of their members, forecast what came true? By symbol and horizon; n says how much that is worth.
-- Rounded in double precision: round() would make a numeric of each figure first, which takes longer than to compute it.
select p.symbol, p.horizon, p.ensemble, p.model, p.n, floor(1000 * p.mean_weight + 0.5) / 1000 as mean_weight, p.rmse,
  floor(10000 * p.rmse_to_no_change + 0.5) / 10000 as rmse_to_no_change, p.mean_error, floor(1000 * p.directional_accuracy + 0.5) / 1000 as directional_accuracy,
  floor(1000 * p.base_rate + 0.5) / 1000 as base_rate, p.mean_crps, floor(1000 * p.coverage_90 + 0.5) / 1000 as coverage_90, p.last_outcome_time
from public.vw_model_performance p
join public.ensembles e on e.ensemble = p.ensemble and e.config_hash = p.config_hash
order by p.symbol, p.horizon, p.ensemble, p.model <> 'ensemble', p.model;
$query$),
  ('forecast-quality', $query$-- Do the intervals hold what they promise, and how good are the forecasts? Of the latest 30 and 250 outcomes, and of all (latest is null).
-- Rounded in double precision: round() would make a numeric of each figure first, which takes longer than to compute it.
select q.symbol, q.horizon, q.ensemble, q.latest, q.n, floor(1000 * q.coverage_50 + 0.5) / 1000 as coverage_50,
  floor(1000 * q.coverage_80 + 0.5) / 1000 as coverage_80, floor(1000 * q.coverage_90 + 0.5) / 1000 as coverage_90,
  floor(1000 * q.coverage_95 + 0.5) / 1000 as coverage_95, q.mean_crps, q.rmse, q.no_change_rmse,
  floor(1000 * q.directional_accuracy + 0.5) / 1000 as directional_accuracy, floor(1000 * q.base_rate + 0.5) / 1000 as base_rate
from public.vw_forecast_quality q
join public.ensembles e on e.ensemble = q.ensemble and e.config_hash = q.config_hash
order by q.symbol, q.horizon, q.ensemble, q.latest nulls last;
$query$),
  ('canary-board', $query$-- How does the latest rollout stand, symbol by symbol and horizon by horizon? 100 rows; those with open alerts, or without their forecast, come first.
-- Ratios below 1 favour the candidate; pairs says how much they are worth.
select rollout_id, status, stage, symbol, horizon, joined_in, ensemble, last_cutoff, last_issued_at, session_date, state, scored, pairs,
  round(rmse_ratio::numeric, 4) as rmse_ratio, round(crps_ratio::numeric, 4) as crps_ratio, round(coverage_90::numeric, 3) as coverage_90,
  round((100 * divergence)::numeric, 1) as divergence_percent, verdict, validated_at, alerts_open
from public.vw_canary_board
order by needs_attention desc, symbol, horizon
limit 100;
$query$),
  ('run-health', $query$-- Is all well? One row per check; what is failing comes first.
select check_name, subject, status, sentence, last_good_at, figures
from public.vw_run_health
order by ok nulls last, check_name, subject;
$query$),
  ('missed-ticks', $query$-- Which ticks of cron and which slots did not come, or failed, in the last seven days?
select kind, name, last_before, until, missed, reason
from public.vw_missed_ticks
order by last_before desc, kind, name;
$query$)
on conflict (name) do update set query = excluded.query;
