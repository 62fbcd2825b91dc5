create or replace function internal.store_weights(p_run_id uuid, p_forecast_id bigint, p_row jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_row public.ensemble_weights;
begin
  -- Where an earlier forecast for this cutoff stands, so do the weights it was made with.
  if not exists (select from public.forecasts f where f.id = p_forecast_id and f.run_id = p_run_id) then
    return;
  end if;
  v_row := jsonb_populate_record(null::public.ensemble_weights, p_row);
  select s.id into strict v_row.symbol_id from public.symbols s where s.symbol = p_row ->> 'symbol';
  insert into public.ensemble_weights as e (
    symbol_id, symbol, horizon, ensemble, config_hash, data_cutoff, method, weights, samples, span_days, reason_code,
    reason, run_id)
  values (
    v_row.symbol_id, v_row.symbol, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff, v_row.method,
    v_row.weights, v_row.samples, v_row.span_days, v_row.reason_code, v_row.reason, p_run_id)
  on conflict on constraint ensemble_weights_one_a_cutoff do update set
    method = excluded.method, weights = excluded.weights, samples = excluded.samples, span_days = excluded.span_days,
    reason_code = excluded.reason_code, reason = excluded.reason, run_id = excluded.run_id, created_at = now();
end
$$;
comment on function internal.store_weights(uuid, bigint, jsonb) is
  'Stores the weights that a run''s forecast was made with (a row of ensemble_weights as JSON, by symbol); nothing when another run''s '
  'forecast stands in its place.';
revoke execute on function internal.store_weights(uuid, bigint, jsonb) from public;
