create or replace function internal.horizon_payload(p_horizon text) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('horizon', p_horizon, 'sizes', internal.window_sizes(p_horizon), 'levels', internal.setting('divergence_levels'))
$$;
comment on function internal.horizon_payload(text) is
  'What every job of an ensemble over a horizon is told beside symbol and ensemble, as the settings are when it is planned: {horizon, sizes, '
  'levels}.';
revoke execute on function internal.horizon_payload(text) from public;
