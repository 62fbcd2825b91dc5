create or replace function internal.window_sizes(p_horizon text) returns jsonb
language sql stable set search_path = ''
as $$
  select internal.setting('window_sizes') -> p_horizon
$$;
comment on function internal.window_sizes(text) is 'Sizes {train, validation, test, step} in bars; null when the horizon is not offered.';
revoke execute on function internal.window_sizes(text) from public;
