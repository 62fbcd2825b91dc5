create or replace view public.vw_rmse_against_baseline with (security_invoker = true) as
select
  p.*,
  p.candidate_rmse / nullif(p.baseline_rmse, 0) as rmse_ratio,
  p.candidate_crps / nullif(p.baseline_crps, 0) as crps_ratio
from (
  select
    -- The registry's: who asks for one symbol looks at no other's forecasts.
    s.symbol,
    c.horizon,
    c.config_hash as candidate_hash,
    b.config_hash as baseline_hash,
    count(*)::integer as n,
    min(oc.outcome_time) as first_outcome_time,
    max(oc.outcome_time) as last_outcome_time,
    sqrt(avg(oc.error * oc.error)) as candidate_rmse,
    sqrt(avg(ob.error * ob.error)) as baseline_rmse,
    sqrt(avg(oc.realised_return * oc.realised_return)) as no_change_rmse,
    avg(oc.crps) as candidate_crps,
    avg(ob.crps) as baseline_crps
  from public.ensembles ec
  cross join public.symbols s
  join public.forecasts c on c.symbol_id = s.id and c.ensemble = ec.ensemble and c.config_hash = ec.config_hash
  join public.forecast_outcomes oc on oc.forecast_id = c.id
  join public.ensembles eb on eb.ensemble = 'baseline'
  join public.forecasts b
    on b.symbol_id = c.symbol_id and b.horizon = c.horizon and b.ensemble = eb.ensemble and b.config_hash = eb.config_hash
    and b.data_cutoff = c.data_cutoff
  join public.forecast_outcomes ob on ob.forecast_id = b.id
  where ec.ensemble = 'candidate'
  group by s.symbol, c.horizon, c.config_hash, b.config_hash
) p;
comment on view public.vw_rmse_against_baseline is
  'Candidate against baseline, as they are configured now: forecasts of both from the same bar that have come true, by symbol and horizon.';
comment on column public.vw_rmse_against_baseline.symbol is 'Ticker.';
comment on column public.vw_rmse_against_baseline.horizon is 'Horizon.';
comment on column public.vw_rmse_against_baseline.candidate_hash is 'config_hash of the candidate.';
comment on column public.vw_rmse_against_baseline.baseline_hash is 'config_hash of the baseline.';
comment on column public.vw_rmse_against_baseline.n is 'Pairs of forecasts.';
comment on column public.vw_rmse_against_baseline.first_outcome_time is 'bar_time of the first one''s outcome, UTC.';
comment on column public.vw_rmse_against_baseline.last_outcome_time is 'bar_time of the last one''s outcome, UTC.';
comment on column public.vw_rmse_against_baseline.candidate_rmse is 'RMSE of the candidate''s mean, of log returns; a fraction.';
comment on column public.vw_rmse_against_baseline.baseline_rmse is 'The same of the baseline.';
comment on column public.vw_rmse_against_baseline.no_change_rmse is 'The same of forecasting no change.';
comment on column public.vw_rmse_against_baseline.candidate_crps is 'Mean CRPS of the candidate, a log return.';
comment on column public.vw_rmse_against_baseline.baseline_crps is 'The same of the baseline.';
comment on column public.vw_rmse_against_baseline.rmse_ratio is 'candidate_rmse by baseline_rmse: below 1 the candidate was better. No interval: a few pairs say little.';
comment on column public.vw_rmse_against_baseline.crps_ratio is 'candidate_crps by baseline_crps.';

revoke all on public.vw_rmse_against_baseline from anon, authenticated, service_role;
grant select on public.vw_rmse_against_baseline to authenticated, service_role;
