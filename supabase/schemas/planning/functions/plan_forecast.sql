create or replace function internal.plan_forecast(
  p_symbol public.symbols, p_horizon text, p_ensemble public.ensembles
) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_bars integer;
  v_cutoff timestamptz;
  v_stored_at timestamptz;
  v_shortage record;
  v_key text;
  v_run_id uuid;
begin
  select count(*), max(b.bar_time), max(b.ingested_at) into v_bars, v_cutoff, v_stored_at
  from public.bars b where b.symbol_id = p_symbol.id and b.timeframe = internal.timeframe_of(p_horizon);
  v_key := format('forecast:%s:%s:%s:%s:%s', p_symbol.symbol, p_horizon, p_ensemble.ensemble,
    extract(epoch from v_stored_at), p_ensemble.config_hash);
  if v_bars = 0
    or internal.not_issued_from(p_horizon, v_cutoff)
    or internal.is_settled(v_key)
    or exists (
      select from public.forecasts f
      where f.symbol_id = p_symbol.id and f.horizon = p_horizon and f.ensemble = p_ensemble.ensemble
        and f.config_hash = p_ensemble.config_hash and f.data_cutoff = v_cutoff and f.issued_at >= v_stored_at) then
    return 0;
  end if;

  v_run_id := internal.create_run('forecast', p_ensemble.ensemble, v_key, 'schedule', null, v_cutoff,
    jsonb_build_object('symbols', jsonb_build_array(p_symbol.symbol), 'horizon', p_horizon));
  if v_run_id is null then
    return 0;
  end if;
  select x.code, x.message into v_shortage from internal.forecast_shortage(p_symbol.id, p_horizon) x;
  if found then
    perform internal.refuse_run(v_run_id, v_shortage.code, v_shortage.message);
    return 0;
  end if;
  perform internal.add_job(v_run_id, 'forecast', p_symbol.symbol,
    internal.ensemble_payload(p_symbol.symbol, p_horizon, p_ensemble.ensemble) || jsonb_build_object('last_bar', v_bars - 1));
  return 1;
end
$$;
comment on function internal.plan_forecast(public.symbols, text, public.ensembles) is
  'Plans a forecast from the latest bar unless there is one, or a run for it, or the horizon does not begin there; bars that are too few '
  'or span too little end the run at once with the reason.';
revoke execute on function internal.plan_forecast(public.symbols, text, public.ensembles) from public;
