create or replace view public.vw_valid_windows with (security_invoker = true) as
select m.id as metrics_id, m.symbol_id, m.horizon, m.hyperparameters ->> 'config_hash' as config_hash, m.window_id
from public.ensemble_validation_metrics m
join public.overfitting_tests o on o.metrics_id = m.id
-- By the clock that stamps the bars, and not by validation_date, which is the worker's.
where m.updated_at >= (
    select max(b.ingested_at) from public.bars b
    where b.symbol_id = m.symbol_id and b.timeframe = internal.timeframe_of(m.horizon)
      and b.bar_time between o.first_bar_time and o.last_bar_time)
  -- The ordinal must still mean the same bar: bars put in before it move it.
  and m.window_id = (
    select count(*) - 1 from public.bars b
    where b.symbol_id = m.symbol_id and b.timeframe = internal.timeframe_of(m.horizon) and b.bar_time <= o.last_bar_time);
comment on view public.vw_valid_windows is
  'The validated windows that still stand: their bars are the ones that are stored now. Ask for one symbol, horizon and configuration.';
comment on column public.vw_valid_windows.metrics_id is 'The window''s row of ensemble_validation_metrics and of overfitting_tests.';
comment on column public.vw_valid_windows.symbol_id is 'The symbol.';
comment on column public.vw_valid_windows.horizon is 'Horizon.';
comment on column public.vw_valid_windows.config_hash is 'Hash of the configuration that was validated.';
comment on column public.vw_valid_windows.window_id is 'Ordinal of the window''s last test bar in its series.';

revoke all on public.vw_valid_windows from anon, authenticated, service_role;
grant select on public.vw_valid_windows to authenticated, service_role;
