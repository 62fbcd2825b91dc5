create or replace view public.vw_valid_windows with (security_invoker = true) as
select v.metrics_id, v.symbol_id, v.horizon, v.config_hash, v.window_id, v.divergence
from public.window_validity v
where v.is_valid;
comment on view public.vw_valid_windows is
  'The validated windows that still stand: their bars are the ones that are stored now. Ask for one symbol, horizon and configuration.';
comment on column public.vw_valid_windows.metrics_id is 'The window''s row of ensemble_validation_metrics and of overfitting_tests.';
comment on column public.vw_valid_windows.symbol_id is 'The symbol.';
comment on column public.vw_valid_windows.horizon is 'Horizon.';
comment on column public.vw_valid_windows.config_hash is 'Hash of the configuration that was validated.';
comment on column public.vw_valid_windows.window_id is 'Ordinal of the window''s last test bar in its series.';
comment on column public.vw_valid_windows.divergence is 'Its divergence; a fraction.';

revoke all on public.vw_valid_windows from anon, authenticated, service_role;
grant select on public.vw_valid_windows to authenticated, service_role;
