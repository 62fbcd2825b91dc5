create or replace function public.forecast_state(p_symbols text[], p_horizon text, p_requested_by uuid default null) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_ensemble public.ensembles;
  v_is_calibrated boolean;
  v_state record;
  v_states jsonb := '[]';
begin
  perform internal.require_forecast_request(p_symbols, p_horizon, p_requested_by);
  for v_state in
    select s.id as symbol_id, s.symbol, coalesce(b.bars, 0) as bars, b.last_bar_time as cutoff, b.stored_at, b.restated_at
    from public.symbols s
    left join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
    where s.symbol = any (p_symbols)
    order by array_position(p_symbols, s.symbol)
  loop
    perform internal.require_bars(v_state.symbol, p_horizon, v_state.bars);
    v_ensemble := internal.serving_ensemble(v_state.symbol_id, p_horizon);
    select c.configuration ->> 'weighting' is not distinct from 'calibrated' into v_is_calibrated
    from public.configurations c where c.config_hash = v_ensemble.config_hash;
    v_states := v_states || jsonb_build_object(
      'symbol', v_state.symbol,
      'bars', v_state.bars,
      'restated_at', v_state.restated_at,
      'forecast_id', (
        select f.id from public.forecasts f
        where f.symbol_id = v_state.symbol_id and f.horizon = p_horizon and f.ensemble = v_ensemble.ensemble
          and f.config_hash = v_ensemble.config_hash and f.data_cutoff = v_state.cutoff
          and f.issued_at >= v_state.stored_at),
      'artifact', (
        select jsonb_build_object('id', a.id, 'cutoff_bar', v_state.bars - 1 - newer.bars)
        from public.artifacts a
        cross join lateral (
          select count(*) as bars from public.bars n
          where n.symbol_id = a.symbol_id and n.timeframe = internal.timeframe_of(p_horizon)
            and n.bar_time > a.data_cutoff
        ) newer
        where a.symbol_id = v_state.symbol_id and a.horizon = p_horizon and a.ensemble = v_ensemble.ensemble
          and a.config_hash = v_ensemble.config_hash
          and newer.bars <= (internal.setting('artifact_max_age_bars') #>> '{}')::integer
          -- Restated bars, and such that went, make another series: what was fitted on the old one does not speak of it.
          and a.trained_at >= v_state.restated_at
          and a.trained_at >= (
            select max(o.ingested_at) from public.bars o
            where o.symbol_id = a.symbol_id and o.timeframe = internal.timeframe_of(p_horizon)
              and o.bar_time <= a.data_cutoff)
          -- Weights that were learned before a window spoke against them are the preset's in the next fit.
          and (not v_is_calibrated
            or not internal.are_weights_refuted(a.symbol_id, a.horizon, a.config_hash, a.trained_at))
        order by a.data_cutoff desc limit 1),
      'failure', (
        select jsonb_build_object('code', r.code, 'message', r.message, 'retry_at', r.retry_at)
        from internal.recent_failures(array[internal.forecast_key(v_state.symbol_id, p_horizon, v_ensemble.ensemble, v_ensemble.config_hash,
          v_state.cutoff, v_state.stored_at)]) r));
  end loop;
  return v_states;
end
$$;
comment on function public.forecast_state(text[], text, uuid) is
  'What is there for a request, by symbol and of the ensemble that serves it: bars, when they were last restated (bar_series), the forecast from the latest bar, an artifact young enough '
  'to make one, with the ordinal of its last bar, and the failure of the last hour that a fit is not tried again for. p_requested_by: the user; '
  'null for a secret key. Raises unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, inactive_symbol (a user), too_few_bars, '
  'too_short_span, no_eight_hours_ahead.';
revoke execute on function public.forecast_state(text[], text, uuid) from public, anon, authenticated;
grant execute on function public.forecast_state(text[], text, uuid) to service_role;
