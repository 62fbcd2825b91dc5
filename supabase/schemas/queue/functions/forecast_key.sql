create or replace function internal.forecast_key(
  p_symbol_id bigint, p_horizon text, p_ensemble text, p_config_hash text, p_cutoff timestamptz, p_stored_at timestamptz
) returns text
language sql stable set search_path = ''
as $$
  select concat_ws(':', p_symbol_id, p_horizon, p_ensemble, p_config_hash, extract(epoch from p_cutoff), extract(epoch from p_stored_at))
$$;
comment on function internal.forecast_key(bigint, text, text, text, timestamptz, timestamptz) is
  'Names one forecast: symbol, horizon, ensemble with its configuration, data cutoff, and when the bars were stored, for restated ones make '
  'another forecast. Jobs with the same key do the same work.';
revoke execute on function internal.forecast_key(bigint, text, text, text, timestamptz, timestamptz) from public;
