-- A request for a forecast heeds what validation found since the fit: learned weights that it speaks against are not used any more.

create function internal.are_weights_refuted(p_symbol_id bigint, p_horizon text, p_config_hash text, p_since timestamptz)
returns boolean
language sql stable set search_path = ''
as $$
  select coalesce((
    select o.updated_at > p_since and (o.verdict <> 'ok' or m.divergence > 0.15)
    from internal.valid_windows(p_symbol_id, p_horizon, p_config_hash) w
    join public.ensemble_validation_metrics m on m.id = w.metrics_id
    join public.overfitting_tests o on o.metrics_id = m.id
    order by m.window_id desc
    limit 1), false)
$$;
comment on function internal.are_weights_refuted(bigint, text, text, timestamptz) is
  'Whether the latest window, stored after p_since, is one that calibrated weights go back to the preset for: its verdict is not ok, or its '
  'divergence is above 0.15 (REVERSION_THRESHOLD of the core).';

create or replace function public.forecast_state(p_symbols text[], p_horizon text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_ensemble public.ensembles := internal.require_forecast_request(p_symbols, p_horizon);
  v_state record;
  v_states jsonb := '[]';
begin
  for v_state in
    select s.id as symbol_id, s.symbol, count(b.bar_time) as bars, max(b.bar_time) as cutoff,
      max(b.ingested_at) as stored_at
    from public.symbols s
    left join public.bars b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
    where s.symbol = any (p_symbols)
    group by s.id
    order by array_position(p_symbols, s.symbol)
  loop
    perform internal.require_bars(v_state.symbol, p_horizon, v_state.bars);
    v_states := v_states || jsonb_build_object(
      'symbol', v_state.symbol,
      'bars', v_state.bars,
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
          -- Restated bars make another series: what was fitted on the old one does not speak of it.
          and a.trained_at >= (
            select max(o.ingested_at) from public.bars o
            where o.symbol_id = a.symbol_id and o.timeframe = internal.timeframe_of(p_horizon)
              and o.bar_time <= a.data_cutoff)
          -- Weights that were learned before a window spoke against them are the preset's in the next fit.
          and (v_ensemble.configuration ->> 'weighting' is distinct from 'calibrated'
            or not internal.are_weights_refuted(a.symbol_id, a.horizon, a.config_hash, a.trained_at))
        order by a.data_cutoff desc limit 1));
  end loop;
  return v_states;
end
$$;
