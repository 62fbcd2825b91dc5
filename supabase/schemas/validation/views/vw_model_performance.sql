create or replace view public.vw_model_performance with (security_invoker = true) as
select
  p.*,
  p.rmse / nullif(p.no_change_rmse, 0) as rmse_to_no_change
from (
  select
    -- The registry's: who asks for one symbol looks at no other's forecasts.
    s.symbol,
    f.horizon,
    f.ensemble,
    f.config_hash,
    m.model,
    count(*)::integer as n,
    max(o.outcome_time) as last_outcome_time,
    avg(m.weight) as mean_weight,
    sqrt(avg((m.mean - o.realised_return) * (m.mean - o.realised_return))) as rmse,
    sqrt(avg(o.realised_return * o.realised_return)) as no_change_rmse,
    avg(m.mean - o.realised_return) as mean_error,
    avg(((m.probability_up >= 0.5) = (o.realised_return > 0))::integer) filter (where o.realised_return <> 0)::double precision
      as directional_accuracy,
    avg((o.realised_return > 0)::integer) filter (where o.realised_return <> 0)::double precision as base_rate,
    avg(o.crps) filter (where m.model = 'ensemble') as mean_crps,
    avg(o.covered_90::integer) filter (where m.model = 'ensemble')::double precision as coverage_90
  from public.symbols s
  join public.forecasts f on f.symbol_id = s.id
  join public.forecast_outcomes o on o.forecast_id = f.id
  cross join lateral (
    select 'ensemble' as model, null::double precision as weight, f.forecast_return as mean, f.probability_up
    union all
    select x.part ->> 'name', (x.part ->> 'weight')::double precision, (x.part ->> 'mean')::double precision,
      (x.part ->> 'probability_up')::double precision
    from jsonb_array_elements(f.members) x(part)
    where x.part ->> 'mean' is not null
  ) m
  group by s.symbol, f.horizon, f.ensemble, f.config_hash, m.model
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
