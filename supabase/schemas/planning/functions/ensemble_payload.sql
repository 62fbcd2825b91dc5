create or replace function internal.ensemble_payload(p_symbol text, p_horizon text, p_ensemble text) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('symbol', p_symbol, 'horizon', p_horizon, 'ensemble', p_ensemble, 'sizes', internal.window_sizes(p_horizon),
    'levels', internal.setting('divergence_levels'))
$$;
comment on function internal.ensemble_payload(text, text, text) is
  'What every job of an ensemble is told, as the settings are when it is planned: {symbol, horizon, ensemble, sizes, levels}.';
revoke execute on function internal.ensemble_payload(text, text, text) from public;
