create or replace view public.vw_forecast_quality with (security_invoker = true) as
select
  s.symbol,
  s.horizon,
  s.ensemble,
  s.config_hash,
  p.outcomes as latest,
  count(*)::integer as n,
  min(s.outcome_time) as first_outcome_time,
  max(s.outcome_time) as last_outcome_time,
  avg(s.covered_50::integer)::double precision as coverage_50,
  avg(s.covered_80::integer)::double precision as coverage_80,
  avg(s.covered_90::integer)::double precision as coverage_90,
  avg(s.covered_95::integer)::double precision as coverage_95,
  avg(s.crps) as mean_crps,
  avg(s.log_score) as mean_log_score,
  avg(s.error) as mean_error,
  avg(s.absolute_error) as mean_absolute_error,
  sqrt(avg(s.error * s.error)) as rmse,
  sqrt(avg(s.realised_return * s.realised_return)) as no_change_rmse,
  count(s.direction_correct)::integer as n_directions,
  avg(s.direction_correct::integer)::double precision as directional_accuracy,
  avg((s.realised_return > 0)::integer) filter (where s.direction_correct is not null)::double precision as base_rate,
  avg(s.confidence) as mean_confidence,
  avg(((s.probability_up >= 0.5) = (s.realised_return > 0))::integer) filter (where s.confidence is not null)::double precision
    as confidence_came_true
from (
  -- The registry's symbol, and part of what is counted apart: who asks for one looks at no other's forecasts.
  select r.symbol, f.horizon, f.ensemble, f.config_hash, f.probability_up, f.confidence, o.*,
    row_number() over (
      partition by r.symbol, f.horizon, f.ensemble, f.config_hash order by o.outcome_time desc, f.id desc) as age
  from public.symbols r
  join public.forecasts f on f.symbol_id = r.id
  join public.forecast_outcomes o on o.forecast_id = f.id
) s
join (values (30), (250), (null)) p(outcomes) on p.outcomes is null or s.age <= p.outcomes
group by s.symbol, s.horizon, s.ensemble, s.config_hash, p.outcomes;
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
