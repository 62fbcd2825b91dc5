create or replace function internal.plan_validation(
  p_symbol public.symbols, p_horizon text, p_ensemble public.ensembles, p_windows integer
) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_sizes jsonb := internal.window_sizes(p_horizon);
  v_step integer := (v_sizes ->> 'step')::integer;
  v_needed integer := (v_sizes ->> 'train')::integer + (v_sizes ->> 'validation')::integer + (v_sizes ->> 'test')::integer;
  v_bars integer;
  v_cutoff timestamptz;
  v_stored_at timestamptz;
  v_windows integer[];
  v_key text;
  v_run_id uuid;
  v_window integer;
begin
  select count(*), max(b.bar_time), max(b.ingested_at) into v_bars, v_cutoff, v_stored_at
  from public.bars b where b.symbol_id = p_symbol.id and b.timeframe = internal.timeframe_of(p_horizon);
  if v_bars = 0 then
    return 0;
  end if;

  -- The latest window ends with the latest bar; each earlier one a step before. Those already validated with this
  -- configuration on bars that have not changed since, and those that wait in the queue, are left out.
  select array_agg(w.last_bar order by w.last_bar desc) into v_windows
  from (
    select v_bars - 1 - k * v_step as last_bar
    from generate_series(0, least(
      coalesce(p_windows, (internal.setting('validation_windows') #>> '{}')::integer), v_bars) - 1) k
    where v_bars - k * v_step >= v_needed
  ) w
  where w.last_bar not in (
    select v.window_id from public.vw_valid_windows v
    where v.symbol_id = p_symbol.id and v.horizon = p_horizon and v.config_hash = p_ensemble.config_hash)
    and not exists (
      select from public.jobs j
      join public.runs r on r.id = j.run_id
      where j.kind = 'validate_window' and j.status in ('queued', 'running')
        and r.ensemble = p_ensemble.ensemble and r.config_hash = p_ensemble.config_hash
        and j.payload @> jsonb_build_object('symbol', p_symbol.symbol, 'horizon', p_horizon, 'window_id', w.last_bar));

  v_key := format('validation:%s:%s:%s:%s:%s:%s', p_symbol.symbol, p_horizon, p_ensemble.ensemble,
    extract(epoch from v_stored_at), p_ensemble.config_hash, coalesce(array_to_string(v_windows, ','), 'none'));
  if internal.is_settled(v_key) or (v_windows is null and v_bars >= v_needed) then
    return 0;
  end if;

  v_run_id := internal.create_run('validation', p_ensemble.ensemble, v_key, 'schedule', null, v_cutoff,
    jsonb_build_object('symbols', jsonb_build_array(p_symbol.symbol), 'horizon', p_horizon, 'windows', v_windows));
  if v_run_id is null then
    return 0;
  end if;
  if v_windows is null then
    perform internal.refuse_run(v_run_id, 'too_few_bars_for_window', format(
      '%s has %s bars for %s; one window needs %s (train %s, validation %s, test %s)', p_symbol.symbol, v_bars, p_horizon,
      v_needed, v_sizes ->> 'train', v_sizes ->> 'validation', v_sizes ->> 'test'));
    return 0;
  end if;
  foreach v_window in array v_windows loop
    perform internal.add_job(v_run_id, 'validate_window', v_window::text,
      internal.ensemble_payload(p_symbol.symbol, p_horizon, p_ensemble.ensemble) || jsonb_build_object('window_id', v_window));
  end loop;
  return cardinality(v_windows);
end
$$;
comment on function internal.plan_validation(public.symbols, text, public.ensembles, integer) is
  'Plans the latest p_windows windows (default: setting validation_windows) that are not yet validated; too few bars end the run at '
  'once, saying how many are needed. '
  'Twin: rollingWindows (src/shared/evaluation/rolling-windows.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.plan_validation(public.symbols, text, public.ensembles, integer) from public;
