create or replace function internal.check_schedule_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_number double precision := case when jsonb_typeof(new.value) = 'number' then (new.value #>> '{}')::double precision end;
  v_good boolean := true;
begin
  case new.name
    when 'slot_attempts' then
      v_good := v_number = floor(v_number) and v_number between 1 and 100;
    when 'forecast_deadline_minutes' then
      v_good := v_number = floor(v_number) and v_number between 0 and 1000;
    when 'retention_days' then
      v_good := jsonb_typeof(new.value) = 'object' and coalesce((
        select bool_and(jsonb_typeof(d.value) = 'number' and d.value #>> '{}' ~ '^[0-9]{1,5}$' and (d.value #>> '{}')::integer >= case d.key when 'slot_runs' then 9 else 1 end)
          and array_agg(d.key order by d.key) = array[
            'alerts', 'canary_reports', 'checkpoints', 'cron_history', 'cron_ticks', 'query_timings', 'runs', 'slot_runs', 'windows',
            'worker_requests']
        from jsonb_each(new.value) d), false);
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_schedule_setting() is 'Trigger: refuses a value of a schedule''s setting that its readers could not use (invalid_setting).';
revoke execute on function internal.check_schedule_setting() from public;

create trigger settings_check_schedule before insert or update on public.settings
for each row execute function internal.check_schedule_setting();
