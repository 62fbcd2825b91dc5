create or replace function internal.serving_ensemble(p_symbol_id bigint, p_horizon text) returns public.ensembles
language sql stable set search_path = ''
as $$
  select e.*
  from public.vw_ensemble_assignments a
  join public.ensembles e on e.ensemble = a.ensemble
  where a.symbol_id = p_symbol_id and a.horizon = p_horizon and a.is_serving and e.active
$$;
comment on function internal.serving_ensemble(bigint, text) is
  'The ensemble that serves a symbol and horizon, also one that is not listed; null when it is not active, or has no configuration.';
revoke execute on function internal.serving_ensemble(bigint, text) from public;
