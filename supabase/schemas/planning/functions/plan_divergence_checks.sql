create or replace function internal.plan_divergence_checks(p_date date) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_subject record;
  v_run_id uuid;
  v_planned integer := 0;
begin
  for v_subject in
    select a.symbol_id, a.symbol, a.horizon, a.ensemble, e.config_hash
    from public.vw_ensemble_assignments a
    join public.ensembles e on e.ensemble = a.ensemble
    where a.is_listed and a.is_planned and internal.window_sizes(a.horizon) is not null
      and exists (
        select from public.vw_valid_windows w
        where w.symbol_id = a.symbol_id and w.horizon = a.horizon and w.config_hash = e.config_hash)
    order by a.symbol_id, a.horizon, a.ensemble
  loop
    v_run_id := internal.create_run('divergence_check', v_subject.ensemble, format('divergence_check:%s:%s:%s:%s:%s',
      v_subject.symbol, v_subject.horizon, v_subject.ensemble, v_subject.config_hash, p_date), 'schedule', null, null,
      jsonb_build_object('symbols', jsonb_build_array(v_subject.symbol), 'horizon', v_subject.horizon));
    continue when v_run_id is null;
    perform internal.add_job(v_run_id, 'check_divergence', v_subject.symbol,
      internal.ensemble_payload(v_subject.symbol, v_subject.horizon, v_subject.ensemble));
    v_planned := v_planned + 1;
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_divergence_checks(date) is
  'Plans a divergence check, once a date, of every active symbol, horizon and ensemble with validated windows; returns how many.';
revoke execute on function internal.plan_divergence_checks(date) from public;
