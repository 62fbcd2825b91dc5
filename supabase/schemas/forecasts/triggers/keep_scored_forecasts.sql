create or replace function internal.keep_scored_forecasts() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if exists (select from public.forecast_outcomes o where o.forecast_id = old.id) then
    perform internal.refuse(409, 'forecast_scored', format(
      'Forecast %s of %s has come true: its key, mean, probability, confidence and members stay as they were scored. Delete its outcome first',
      old.id, old.symbol));
  end if;
  return new;
end
$$;
comment on function internal.keep_scored_forecasts() is
  'Trigger: refuses to change what of a forecast is in sums over outcomes once it has come true (forecast_scored).';
revoke execute on function internal.keep_scored_forecasts() from public;

create trigger forecasts_stay_as_scored
before update of symbol_id, horizon, ensemble, config_hash, data_cutoff, forecast_return, probability_up, confidence, members on public.forecasts
for each row execute function internal.keep_scored_forecasts();
