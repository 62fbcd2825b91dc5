create or replace function internal.plan_divergence_checks(p_symbol_ids bigint[], p_date date) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_horizon text;
  v_payload jsonb;
  v_runs jsonb;
  v_planned integer := 0;
  -- Apart, so that the planner knows how many symbols it looks for.
  v_symbol_ids bigint[] := array(
    select s.id
    from public.symbols s
    join internal.days_of_calendars_in_use(p_date, p_date) d on d.calendar = s.calendar and d.closed_because is null
    where s.id = any (p_symbol_ids));
begin
  for v_horizon in select h.name from jsonb_object_keys(internal.setting('window_sizes')) h(name) order by h.name loop
    v_payload := internal.horizon_payload(v_horizon);
    select jsonb_agg(jsonb_build_object(
      'key', format('divergence_check:%s:%s:%s:%s:%s', a.symbol, v_horizon, e.ensemble, e.config_hash, p_date), 'ensemble', e.ensemble,
      'params', jsonb_build_object('symbols', jsonb_build_array(a.symbol), 'horizon', v_horizon),
      'jobs', jsonb_build_array(jsonb_build_object('subject', a.symbol,
        'payload', v_payload || jsonb_build_object('symbol', a.symbol, 'ensemble', e.ensemble))))
      order by a.symbol_id, e.ensemble) into v_runs
    from public.vw_ensemble_assignments a
    join public.ensembles e on e.ensemble = a.ensemble
    -- Looked up for each, not joined to all windows that there are: hence the limit.
    cross join lateral (
      select from public.vw_valid_windows w
      where w.symbol_id = a.symbol_id and w.horizon = v_horizon and w.config_hash = e.config_hash
      limit 1
    ) w
    where a.symbol_id = any (v_symbol_ids) and a.horizon = v_horizon and a.is_listed and a.is_planned;
    v_planned := v_planned + internal.add_planned_runs('divergence_check', 'check_divergence', coalesce(v_runs, '[]'));
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_divergence_checks(bigint[], date) is
  'Plans for those of these symbols whose calendar has a session on a date a divergence check, once a date, of every horizon and ensemble with validated windows; returns how many.';
revoke execute on function internal.plan_divergence_checks(bigint[], date) from public;
