create or replace function public.forecast_context(p_symbol text, p_horizon text, p_config_hash text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'thresholds', internal.setting('direction_thresholds'),
    'latest_window', (
      select jsonb_build_object('window_id', w.window_id,
        'last_bar_time', to_char(o.last_bar_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'verdict', o.verdict, 'reasons', o.reasons)
      from public.symbols s
      cross join lateral (
        select v.metrics_id, v.window_id from public.vw_valid_windows v
        where v.symbol_id = s.id and v.horizon = p_horizon and v.config_hash = p_config_hash
        order by v.window_id desc limit 1
      ) w
      join public.overfitting_tests o on o.metrics_id = w.metrics_id
      where s.symbol = p_symbol),
    'outcomes', (
      select count(*)
      from (
        select
        from public.symbols s
        join public.forecasts f on f.symbol_id = s.id and f.horizon = p_horizon and f.config_hash = p_config_hash
        join public.forecast_outcomes o on o.forecast_id = f.id
        where s.symbol = p_symbol
        -- What the note few_outcomes asks for, with room.
        limit 50
      ) scored))
$$;
comment on function public.forecast_context(text, text, text) is
  'What is known of a symbol, horizon and configuration when a forecast is made: {thresholds, latest_window (null, or window_id, '
  'last_bar_time, verdict and reasons of the latest window on bars that still stand), outcomes (how many were scored, up to 50)}.';
revoke execute on function public.forecast_context(text, text, text) from public, anon, authenticated;
grant execute on function public.forecast_context(text, text, text) to service_role;
