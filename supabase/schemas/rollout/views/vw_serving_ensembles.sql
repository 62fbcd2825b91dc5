create or replace view public.vw_serving_ensembles with (security_invoker = true) as
select a.symbol_id, a.symbol, a.horizon, a.ensemble, a.because, a.reached_at
from public.vw_horizon_assignments a
where a.is_listed;
comment on view public.vw_serving_ensembles is 'Which ensemble serves: one row per active symbol and horizon of its own.';
comment on column public.vw_serving_ensembles.symbol_id is 'The symbol.';
comment on column public.vw_serving_ensembles.symbol is 'Ticker.';
comment on column public.vw_serving_ensembles.horizon is 'Horizon.';
comment on column public.vw_serving_ensembles.ensemble is 'candidate or baseline: whose forecasts current_forecasts shows.';
comment on column public.vw_serving_ensembles.because is 'Why: no rollout yet, or how far the latest one is.';
comment on column public.vw_serving_ensembles.reached_at is 'When the latest rollout came to the symbol, UTC; null where it has not.';

revoke all on public.vw_serving_ensembles from anon, authenticated, service_role;
grant select on public.vw_serving_ensembles to authenticated, service_role;
