create or replace function internal.plan_forecasts() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_ensemble public.ensembles;
  v_horizon text;
  v_planned integer := 0;
begin
  -- Two at once would both see the same work as missing.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  for v_symbol in select s.* from public.symbols s where s.active order by s.id loop
    foreach v_horizon in array v_symbol.horizons loop
      continue when internal.window_sizes(v_horizon) is null;
      for v_ensemble in select e.* from internal.planned_ensembles(v_symbol.id, v_horizon) e loop
        v_planned := v_planned + internal.plan_forecast(v_symbol, v_horizon, v_ensemble);
      end loop;
    end loop;
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_forecasts() is
  'Plans, for every active symbol and each ensemble that is planned for it, a forecast from the latest bar where there is none; returns how '
  'many.';
revoke execute on function internal.plan_forecasts() from public;
