create or replace function internal.planned_ensembles(p_symbol_id bigint, p_horizon text) returns setof public.ensembles
language sql stable set search_path = ''
as $$
  select e.*
  from public.vw_ensemble_assignments a
  join public.ensembles e on e.ensemble = a.ensemble
  where a.symbol_id = p_symbol_id and a.horizon = p_horizon and a.is_listed and a.is_planned
  order by e.ensemble
$$;
comment on function internal.planned_ensembles(bigint, text) is
  'The ensembles that the schedule works with for a symbol and horizon; see vw_ensemble_assignments.';
revoke execute on function internal.planned_ensembles(bigint, text) from public;
