create or replace function public.latest_window(p_symbol text, p_horizon text, p_config_hash text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('window_id', w.window_id, 'divergence', m.divergence, 'verdict', o.verdict)
  from public.symbols s
  cross join lateral (
    select v.metrics_id, v.window_id from public.vw_valid_windows v
    where v.symbol_id = s.id and v.horizon = p_horizon and v.config_hash = p_config_hash
    order by v.window_id desc limit 1
  ) w
  join public.ensemble_validation_metrics m on m.id = w.metrics_id
  join public.overfitting_tests o on o.metrics_id = w.metrics_id
  where s.symbol = p_symbol
$$;
comment on function public.latest_window(text, text, text) is
  'The latest window validated with a configuration whose bars are still the stored ones: {window_id, divergence, verdict}; null without one. '
  'What a forecast''s calibrated weights are reverted by.';
revoke execute on function public.latest_window(text, text, text) from public, anon, authenticated;
grant execute on function public.latest_window(text, text, text) to service_role;
