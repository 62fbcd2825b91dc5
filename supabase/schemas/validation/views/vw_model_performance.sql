create or replace view public.vw_model_performance with (security_invoker = true) as
select
  p.*,
  p.rmse / nullif(p.no_change_rmse, 0) as rmse_to_no_change
from (
  select
    -- The registry's: who asks for one symbol looks at no other's sums.
    r.symbol,
    s.horizon,
    s.ensemble,
    s.config_hash,
    s.model,
    s.n,
    s.last_outcome_time,
    s.weight::double precision / nullif(s.weights, 0) as mean_weight,
    sqrt(s.squared_error::double precision / s.n) as rmse,
    sqrt(s.squared_return::double precision / s.n) as no_change_rmse,
    s.error::double precision / s.n as mean_error,
    s.moves_correct / nullif(s.moves_foretold, 0)::double precision as directional_accuracy,
    s.moves_risen / nullif(s.moves, 0)::double precision as base_rate,
    case when s.model = 'ensemble' then s.crps::double precision / s.n end as mean_crps,
    case when s.model = 'ensemble' then s.covered_90 / s.n::double precision end as coverage_90
  from public.symbols r
  join public.outcome_sums s on s.symbol_id = r.id
  where s.latest = 0 and s.n > 0
) p;
comment on view public.vw_model_performance is
  'How ensembles and each of their members forecast what came true, by symbol, horizon and configuration. Measured on outcomes only: of a '
  'member''s distribution the mean and the probability of a rise are stored, so it has no CRPS and no coverage.';
comment on column public.vw_model_performance.symbol is 'Ticker.';
comment on column public.vw_model_performance.horizon is 'Horizon.';
comment on column public.vw_model_performance.ensemble is 'candidate or baseline.';
comment on column public.vw_model_performance.config_hash is 'Its configuration.';
comment on column public.vw_model_performance.model is 'ensemble, or the member: LSTM, ARIMA_GARCH, GB, TRANSFORMER.';
comment on column public.vw_model_performance.n is 'Forecasts of it that have come true.';
comment on column public.vw_model_performance.last_outcome_time is 'bar_time of the last one''s outcome, UTC.';
comment on column public.vw_model_performance.mean_weight is 'The member''s mean weight; null for the ensemble.';
comment on column public.vw_model_performance.rmse is 'RMSE of its mean, of log returns; a fraction.';
comment on column public.vw_model_performance.no_change_rmse is 'The same of forecasting no change.';
comment on column public.vw_model_performance.mean_error is 'Mean of forecast less realised return.';
comment on column public.vw_model_performance.directional_accuracy is 'Share of the sessions with a move whose sign was the likelier one; compare with base_rate.';
comment on column public.vw_model_performance.base_rate is 'Share of them that rose.';
comment on column public.vw_model_performance.mean_crps is 'Mean CRPS, a log return; null for a member.';
comment on column public.vw_model_performance.coverage_90 is 'Share that fell into the 90 % interval; null for a member.';
comment on column public.vw_model_performance.rmse_to_no_change is 'rmse by no_change_rmse: below 1 it beat no change.';

revoke all on public.vw_model_performance from anon, authenticated, service_role;
grant select on public.vw_model_performance to authenticated, service_role;
