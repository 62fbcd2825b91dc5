create or replace function internal.delete_outcome() returns trigger
language plpgsql set search_path = ''
as $$
begin
  delete from public.forecast_outcomes o where o.forecast_id = old.id;
  return old;
end
$$;
comment on function internal.delete_outcome() is
  'Trigger: the outcome of a forecast that is deleted goes before it, and not by the cascade after it: taking it out of sums needs the forecast.';
revoke execute on function internal.delete_outcome() from public;

create trigger forecasts_delete_outcome before delete on public.forecasts
for each row execute function internal.delete_outcome();
