create or replace function internal.sum_restated_outcomes() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_before public.forecast_outcomes[];
  v_after public.forecast_outcomes[];
begin
  select array_agg(row(b.*)::public.forecast_outcomes) into v_before from before b;
  select array_agg(row(a.*)::public.forecast_outcomes) into v_after from after a;
  if v_before is not null then
    perform internal.add_outcomes(v_before, v_after);
    perform internal.add_outcome_pairs(v_before, v_after);
  end if;
  return null;
end
$$;
comment on function internal.sum_restated_outcomes() is 'Trigger: as internal.sum_outcomes, when outcomes are restated.';
revoke execute on function internal.sum_restated_outcomes() from public;

create trigger forecast_outcomes_sum_restated_ones after update on public.forecast_outcomes
referencing old table as before new table as after for each statement execute function internal.sum_restated_outcomes();
