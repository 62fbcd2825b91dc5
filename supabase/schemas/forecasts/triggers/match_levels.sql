-- A CHECK cannot look at another table. Levels never change, so that a match once found stays one.
create or replace function internal.match_levels() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if not exists (
    select from public.quantile_levels q
    where q.id = new.quantile_levels_id and cardinality(q.levels) = cardinality(new.return_quantiles)) then
    raise exception using errcode = 'check_violation', schema = tg_table_schema, table = tg_table_name,
      constraint = 'forecasts_quantiles_match_levels', message = format(
        'The forecast of %s has %s quantiles, but must have one at each level of row %s of quantile_levels', new.symbol,
        cardinality(new.return_quantiles), new.quantile_levels_id);
  end if;
  return new;
end
$$;
comment on function internal.match_levels() is 'Trigger: refuses a forecast that has not one quantile at each of its levels.';
revoke execute on function internal.match_levels() from public;

create trigger forecasts_match_levels before insert or update of quantile_levels_id, return_quantiles on public.forecasts
for each row execute function internal.match_levels();
