create or replace function internal.store_forecast(p_run_id uuid, p_artifact_id bigint, p_row jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_row public.forecasts;
  v_bars_stored_at timestamptz;
begin
  v_row := jsonb_populate_record(null::public.forecasts, p_row);
  v_row.quantile_levels_id := internal.quantile_levels_id(
    (jsonb_populate_record(null::public.quantile_levels, jsonb_build_object('levels', p_row -> 'quantile_levels'))).levels);
  select s.id into v_row.symbol_id from public.symbols s where s.symbol = p_row ->> 'symbol';
  if v_row.symbol_id is null then
    -- Renamed since the forecast was asked for.
    perform internal.refuse(404, 'unknown_symbol', format('There is no symbol %s', p_row ->> 'symbol'));
  end if;

  -- A forecast once issued stands, unless the bars it was made from were restated since: its prices are then of another series.
  select greatest(max(b.ingested_at), (
    select s.restated_at from public.bar_series s
    where s.symbol_id = v_row.symbol_id and s.timeframe = internal.timeframe_of(v_row.horizon))) into v_bars_stored_at
  from public.bars b
  where b.symbol_id = v_row.symbol_id and b.timeframe = internal.timeframe_of(v_row.horizon)
    and b.bar_time <= v_row.data_cutoff;
  delete from public.forecasts f
  where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff)
    and f.issued_at < v_bars_stored_at;

  insert into public.forecasts (
    symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, last_close,
    forecast_return, forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80,
    lower_90, upper_90, lower_95, upper_95, quantile_levels_id, return_quantiles, members, artifact_id, run_id,
    direction, confidence, direction_thresholds, agreement, mean_spread, scale_ratio, drivers, quality_notes)
  values (
    v_row.symbol_id, v_row.symbol, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.code_version,
    v_row.data_cutoff, v_row.target_time, v_row.last_close, v_row.forecast_return, v_row.forecast_price, v_row.scale,
    v_row.probability_up, v_row.lower_50, v_row.upper_50, v_row.lower_80, v_row.upper_80, v_row.lower_90, v_row.upper_90,
    v_row.lower_95, v_row.upper_95, v_row.quantile_levels_id, v_row.return_quantiles, v_row.members, p_artifact_id, p_run_id,
    v_row.direction, v_row.confidence, v_row.direction_thresholds, v_row.agreement, v_row.mean_spread, v_row.scale_ratio,
    coalesce(v_row.drivers, '[]'), coalesce(v_row.quality_notes, '[]'))
  on conflict on constraint forecasts_one_a_cutoff do nothing;

  return (
    select f.id from public.forecasts f
    where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff));
end
$$;
comment on function internal.store_forecast(uuid, bigint, jsonb) is
  'Stores a forecast (a row of forecasts as JSON, with its quantile_levels) and returns its id. The first one for a cutoff and configuration stands, until its '
  'bars are restated. Raises unknown_symbol.';
revoke execute on function internal.store_forecast(uuid, bigint, jsonb) from public;
