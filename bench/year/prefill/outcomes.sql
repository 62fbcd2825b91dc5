-- The outcomes of the forecasts from the sessions FIRST to LAST, as far as their bars have come.
insert into public.forecast_outcomes (forecast_id, outcome_time, outcome_close, is_target_session, realised_return, error, absolute_error, crps,
  log_score, pit, covered_50, covered_80, covered_90, covered_95, direction_correct, bars_stored_at, scored_at)
select f.id, n.bar_time, o.close, true, x.realised, f.forecast_return - x.realised, abs(f.forecast_return - x.realised),
  0.2 * f.scale + 0.6 * abs(f.forecast_return - x.realised), -2.9 + x.z * x.z / 2, greatest(0.001, least(0.999, 1 / (1 + exp(-1.7 * x.z)))),
  abs(x.z) < 0.67, abs(x.z) < 1.28, abs(x.z) < 1.64, abs(x.z) < 1.96,
  case when f.direction <> 'neutral' and x.realised <> 0 then (x.realised > 0) = (f.direction = 'bullish') end, o.ingested_at,
  o.ingested_at + interval '14 minutes'
from simulated.bar b
join simulated.bar n on n.horizon = b.horizon and n.n = b.n + 1
cross join simulated.subject s
join public.forecasts f on f.symbol_id = s.symbol_id and f.horizon = b.horizon and f.data_cutoff = b.bar_time
join public.bars o on o.symbol_id = s.symbol_id and o.timeframe = b.horizon and o.bar_time = n.bar_time
cross join lateral (
  select ln(o.close / f.last_close) as realised, (ln(o.close / f.last_close) - f.forecast_return) / f.scale as z
) x
where b.is_origin and b.place between FIRST and LAST
order by n.ends_at, f.id;
