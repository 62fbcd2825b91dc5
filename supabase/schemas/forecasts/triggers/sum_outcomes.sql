-- Each kind of change by a statement of its own: of one that inserts and updates, or deletes, outcomes of one series at once, the first trigger would see all
-- changes and count its own.
create or replace function internal.sum_outcomes() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_changed public.forecast_outcomes[];
begin
  select array_agg(row(c.*)::public.forecast_outcomes) into v_changed from changed c;
  if v_changed is not null then
    perform internal.add_outcomes(case when tg_op = 'DELETE' then v_changed else '{}' end, case when tg_op = 'INSERT' then v_changed else '{}' end);
    perform internal.add_outcome_pairs(case when tg_op = 'DELETE' then v_changed else '{}' end, case when tg_op = 'INSERT' then v_changed else '{}' end);
  end if;
  return null;
end
$$;
comment on function internal.sum_outcomes() is
  'Trigger: keeps outcome_sums and outcome_pair_sums when outcomes are inserted or deleted. A statement may insert, update or delete outcomes of a symbol and '
  'horizon, not two of these at once.';
revoke execute on function internal.sum_outcomes() from public;

create trigger forecast_outcomes_sum_new_ones after insert on public.forecast_outcomes
referencing new table as changed for each statement execute function internal.sum_outcomes();
create trigger forecast_outcomes_sum_deleted_ones after delete on public.forecast_outcomes
referencing old table as changed for each statement execute function internal.sum_outcomes();
