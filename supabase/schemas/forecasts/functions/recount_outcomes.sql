create or replace function internal.recount_outcomes(p_symbol_id bigint) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_outcomes public.forecast_outcomes[];
  v_counted integer := 0;
begin
  perform from public.outcome_sums s where s.symbol_id = p_symbol_id and s.model = 'ensemble' and s.latest = 0
  order by s.horizon, s.ensemble, s.config_hash for update;
  delete from public.outcome_sums s where s.symbol_id = p_symbol_id;
  delete from public.outcome_pair_sums s where s.symbol_id = p_symbol_id;
  -- By a hundred bars, as outcomes come: what is looked up beside those that are added is before them, or from the same bar.
  for v_outcomes in
    select array_agg(x.outcome)
    from (
      select o as outcome, dense_rank() over (order by f.horizon, f.data_cutoff) as place
      from public.forecasts f join public.forecast_outcomes o on o.forecast_id = f.id
      where f.symbol_id = p_symbol_id
    ) x
    group by x.place / 100
    order by x.place / 100
  loop
    perform internal.add_outcomes('{}', v_outcomes);
    perform internal.add_outcome_pairs('{}', v_outcomes);
    v_counted := v_counted + cardinality(v_outcomes);
  end loop;
  return v_counted;
end
$$;
comment on function internal.recount_outcomes(bigint) is
  'Counts outcome_sums and outcome_pair_sums of a symbol anew from its outcomes; returns how many. Triggers keep them: this is for rows that were '
  'changed while triggers were off.';
revoke execute on function internal.recount_outcomes(bigint) from public;
