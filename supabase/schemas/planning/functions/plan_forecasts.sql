create or replace function internal.plan_forecasts(p_symbol_ids bigint[]) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_horizon text;
  v_timeframe text;
  v_payload jsonb;
  v_runs jsonb;
  v_planned integer := 0;
begin
  for v_horizon in select h.name from jsonb_object_keys(internal.setting('window_sizes')) h(name) order by h.name loop
    v_timeframe := internal.timeframe_of(v_horizon);
    v_payload := internal.horizon_payload(v_horizon);
    with missing as materialized (
      select a.symbol_id, a.symbol, e.ensemble, e.config_hash, b.bars, b.last_bar_time, b.stored_at,
        format('forecast:%s:%s:%s:%s:%s', a.symbol, v_horizon, e.ensemble, extract(epoch from b.stored_at), e.config_hash) as key
      from public.vw_ensemble_assignments a
      join public.ensembles e on e.ensemble = a.ensemble
      join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = v_timeframe
      where a.symbol_id = any (p_symbol_ids) and a.horizon = v_horizon and a.is_listed and a.is_planned
        and not exists (
          select from public.forecasts f
          where f.symbol_id = a.symbol_id and f.horizon = v_horizon and f.ensemble = e.ensemble and f.config_hash = e.config_hash
            and f.data_cutoff = b.last_bar_time and f.issued_at >= b.stored_at)
    ), due as materialized (
      select m.*
      from missing m
      where m.key not in (select k.key from internal.settled_runs(array(select m.key from missing m)) k(key))
        and m.last_bar_time not in (
          select t.last_bar_time from (select distinct m.last_bar_time from missing m) t
          where internal.not_issued_from(v_horizon, t.last_bar_time))
    )
    select jsonb_agg(jsonb_build_object(
      'key', d.key, 'ensemble', d.ensemble, 'cutoff', d.last_bar_time, 'code', s.code, 'message', s.message,
      'params', jsonb_build_object('symbols', jsonb_build_array(d.symbol), 'horizon', v_horizon),
      'jobs', jsonb_build_array(jsonb_build_object('subject', d.symbol,
        'forecast_key', internal.forecast_key(d.symbol_id, v_horizon, d.ensemble, d.config_hash, d.last_bar_time, d.stored_at),
        'payload', v_payload || jsonb_build_object('symbol', d.symbol, 'ensemble', d.ensemble, 'last_bar', d.bars - 1))))
      order by d.symbol_id, d.ensemble) into v_runs
    from due d
    left join internal.forecast_shortages(array(select d.symbol_id from due d), v_horizon) s on s.symbol_id = d.symbol_id;
    v_planned := v_planned + internal.add_planned_runs('forecast', 'forecast', coalesce(v_runs, '[]'));
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_forecasts(bigint[]) is
  'Plans for these symbols, and each ensemble that is planned for them, a forecast from the latest bar unless there is one, or a run for it, '
  'or the horizon does not begin there; one that a request is having made is joined; bars that are too few or span too little end the run at once with the reason. Returns how many.';
revoke execute on function internal.plan_forecasts(bigint[]) from public;
