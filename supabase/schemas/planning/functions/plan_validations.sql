create or replace function internal.plan_validations(p_windows integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_ensemble public.ensembles;
  v_horizon text;
  v_planned integer := 0;
  v_interval interval := make_interval(
    secs => 86400 * (internal.setting('validation_interval_days') #>> '{}')::double precision);
begin
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  for v_symbol in select s.* from public.symbols s where s.active order by s.id loop
    foreach v_horizon in array v_symbol.horizons loop
      continue when internal.window_sizes(v_horizon) is null;
      for v_ensemble in select e.* from internal.planned_ensembles(v_symbol.id, v_horizon) e loop
        -- On schedule a symbol is validated once an interval, and when nothing that was validated holds any more; asked for
        -- by number, at once.
        if p_windows is not null
          or not exists (
            select from public.vw_valid_windows w
            where w.symbol_id = v_symbol.id and w.horizon = v_horizon and w.config_hash = v_ensemble.config_hash)
          or not exists (
          select from public.runs r
          where r.kind = 'validation' and r.status <> 'failed'
            and r.ensemble = v_ensemble.ensemble and r.config_hash = v_ensemble.config_hash
            and r.params @> jsonb_build_object('symbols', jsonb_build_array(v_symbol.symbol), 'horizon', v_horizon)
            and r.created_at > now() - v_interval) then
          v_planned := v_planned + internal.plan_validation(v_symbol, v_horizon, v_ensemble, p_windows);
        end if;
      end loop;
    end loop;
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_validations(integer) is
  'Plans walk-forward windows for every active symbol whose last validation is an interval old (with p_windows: that many, now); returns '
  'how many.';
revoke execute on function internal.plan_validations(integer) from public;
