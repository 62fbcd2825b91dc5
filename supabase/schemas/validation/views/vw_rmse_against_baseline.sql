create or replace view public.vw_rmse_against_baseline with (security_invoker = true) as
select
  p.*,
  p.candidate_rmse / nullif(p.baseline_rmse, 0) as rmse_ratio,
  p.candidate_crps / nullif(p.baseline_crps, 0) as crps_ratio
from (
  select
    -- The registry's: who asks for one symbol looks at no other's sums.
    r.symbol,
    s.horizon,
    s.candidate_hash,
    s.baseline_hash,
    s.n,
    s.first_outcome_time,
    s.last_outcome_time,
    sqrt(s.candidate_squared_error::double precision / s.n) as candidate_rmse,
    sqrt(s.baseline_squared_error::double precision / s.n) as baseline_rmse,
    sqrt(s.squared_return::double precision / s.n) as no_change_rmse,
    s.candidate_crps::double precision / s.n as candidate_crps,
    s.baseline_crps::double precision / s.n as baseline_crps
  from public.ensembles c
  join public.ensembles b on b.ensemble = 'baseline'
  cross join public.symbols r
  join public.outcome_pair_sums s on s.symbol_id = r.id and s.candidate_hash = c.config_hash and s.baseline_hash = b.config_hash
  where c.ensemble = 'candidate' and s.n > 0
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
