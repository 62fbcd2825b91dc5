create or replace view public.vw_forecast_quality with (security_invoker = true) as
select
  r.symbol,
  s.horizon,
  s.ensemble,
  s.config_hash,
  nullif(s.latest, 0) as latest,
  s.n,
  s.first_outcome_time,
  s.last_outcome_time,
  s.covered_50 / s.n::double precision as coverage_50,
  s.covered_80 / s.n::double precision as coverage_80,
  s.covered_90 / s.n::double precision as coverage_90,
  s.covered_95 / s.n::double precision as coverage_95,
  s.crps::double precision / s.n as mean_crps,
  s.log_score::double precision / nullif(s.log_scores, 0) as mean_log_score,
  s.error::double precision / s.n as mean_error,
  s.absolute_error::double precision / s.n as mean_absolute_error,
  sqrt(s.squared_error::double precision / s.n) as rmse,
  sqrt(s.squared_return::double precision / s.n) as no_change_rmse,
  s.directions as n_directions,
  s.directions_correct / nullif(s.directions, 0)::double precision as directional_accuracy,
  s.directions_risen / nullif(s.directions, 0)::double precision as base_rate,
  s.confidence::double precision / nullif(s.confidences, 0) as mean_confidence,
  s.confidences_true / nullif(s.confidences, 0)::double precision as confidence_came_true
-- Sums become double precision before they are divided: numeric divides slowly. The registry's symbol: who asks for one looks at no other's sums.
from public.symbols r
join public.outcome_sums s on s.symbol_id = r.id
where s.model = 'ensemble' and s.n > 0;
comment on view public.vw_forecast_quality is
  'How forecasts came true, by symbol, horizon, ensemble and configuration: of the latest 30 and 250 outcomes, and of all (latest null).';
comment on column public.vw_forecast_quality.symbol is 'Ticker.';
comment on column public.vw_forecast_quality.horizon is 'Horizon.';
comment on column public.vw_forecast_quality.ensemble is 'candidate or baseline.';
comment on column public.vw_forecast_quality.config_hash is 'Configuration the forecasts were made with.';
comment on column public.vw_forecast_quality.latest is 'Of how many outcomes at most, the latest: 30, 250, or null for all.';
comment on column public.vw_forecast_quality.n is 'Of how many there are: read every share beside it.';
comment on column public.vw_forecast_quality.first_outcome_time is 'Bar of the earliest outcome, UTC.';
comment on column public.vw_forecast_quality.last_outcome_time is 'Bar of the latest outcome, UTC.';
comment on column public.vw_forecast_quality.coverage_50 is 'Share of returns within the 50 % interval; 0.50 when calibrated.';
comment on column public.vw_forecast_quality.coverage_80 is 'Share of returns within the 80 % interval; 0.80 when calibrated.';
comment on column public.vw_forecast_quality.coverage_90 is 'Share of returns within the 90 % interval; 0.90 when calibrated.';
comment on column public.vw_forecast_quality.coverage_95 is 'Share of returns within the 95 % interval; 0.95 when calibrated.';
comment on column public.vw_forecast_quality.mean_crps is 'Mean CRPS, a log return; smaller is better.';
comment on column public.vw_forecast_quality.mean_log_score is 'Mean log score; smaller is better.';
comment on column public.vw_forecast_quality.mean_error is 'Mean of forecast less outcome, a log return.';
comment on column public.vw_forecast_quality.mean_absolute_error is 'Mean size of the error, a log return.';
comment on column public.vw_forecast_quality.rmse is 'Root mean squared error, a log return.';
comment on column public.vw_forecast_quality.no_change_rmse is 'The same of "no change".';
comment on column public.vw_forecast_quality.n_directions is 'Outcomes with a stated direction and a move.';
comment on column public.vw_forecast_quality.directional_accuracy is
  'Share of them whose direction came true; compare with base_rate, never with one half. Null when there is none.';
comment on column public.vw_forecast_quality.base_rate is 'Share of them that rose: what always saying bullish would have had.';
comment on column public.vw_forecast_quality.mean_confidence is 'Mean confidence of the forecasts.';
comment on column public.vw_forecast_quality.confidence_came_true is
  'Share of them whose likelier side came true: mean_confidence when confidence is calibrated.';

revoke all on public.vw_forecast_quality from anon, authenticated, service_role;
grant select on public.vw_forecast_quality to authenticated, service_role;
