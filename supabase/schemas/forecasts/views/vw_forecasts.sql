-- For readers of forecasts who want the levels beside the quantiles.
create or replace view public.vw_forecasts with (security_invoker = true) as
select
  f.id, f.symbol_id, f.symbol, f.horizon, f.ensemble, f.config_hash, f.code_version, f.data_cutoff, f.target_time, f.issued_at,
  f.last_close, f.forecast_return, f.forecast_price, f.scale, f.probability_up, f.lower_50, f.upper_50, f.lower_80, f.upper_80,
  f.lower_90, f.upper_90, f.lower_95, f.upper_95, q.levels as quantile_levels, f.return_quantiles, f.members, f.artifact_id,
  f.run_id, f.direction, f.confidence, f.direction_thresholds, f.agreement, f.mean_spread, f.scale_ratio, f.drivers,
  f.quality_notes
from public.forecasts f
join public.quantile_levels q on q.id = f.quantile_levels_id;
comment on view public.vw_forecasts is 'All forecasts, each with the levels of its quantiles; the other columns are those of forecasts.';

revoke all on public.vw_forecasts from anon, authenticated, service_role;
grant select on public.vw_forecasts to authenticated, service_role;
