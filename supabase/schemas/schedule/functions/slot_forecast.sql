create or replace function internal.slot_forecast(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.plan_slot(p_date, p_time, 'forecasts', 'plan_forecasts($1)')
$$;
comment on function internal.slot_forecast(date, time, timestamptz) is 'Slot forecast: plans the forecasts that are missing from the latest bars.';
revoke execute on function internal.slot_forecast(date, time, timestamptz) from public;
