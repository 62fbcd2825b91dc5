create or replace function public.latest_window(p_symbol text, p_horizon text, p_config_hash text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('window_id', m.window_id, 'divergence', m.divergence, 'verdict', o.verdict)
  from public.symbols s
  join public.vw_valid_windows w on w.symbol_id = s.id and w.horizon = p_horizon and w.config_hash = p_config_hash
  join public.ensemble_validation_metrics m on m.id = w.metrics_id
  join public.overfitting_tests o on o.metrics_id = m.id
  where s.symbol = p_symbol
  order by m.window_id desc
  limit 1
$$;
comment on function public.latest_window(text, text, text) is
  'The latest window validated with a configuration whose bars are still the stored ones: {window_id, divergence, verdict}; null without one. '
  'What a forecast''s calibrated weights are reverted by.';
revoke execute on function public.latest_window(text, text, text) from public, anon, authenticated;
grant execute on function public.latest_window(text, text, text) to service_role;
