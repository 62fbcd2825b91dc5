create or replace function internal.check_forecast_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_good boolean := true;
begin
  case new.name
    when 'direction_thresholds' then
      v_good := jsonb_typeof(new.value) = 'object'
        and coalesce((
          select bool_and(jsonb_typeof(p.value) = 'number') and array_agg(p.key order by p.key) = array['bearish', 'bullish']
          from jsonb_each(case when jsonb_typeof(new.value) = 'object' then new.value end) p), false);
      if v_good then
        v_good := (new.value ->> 'bullish')::double precision >= 0.5 and (new.value ->> 'bullish')::double precision < 1
          and (new.value ->> 'bearish')::double precision > 0 and (new.value ->> 'bearish')::double precision <= 0.5
          and (new.value ->> 'bearish')::double precision < (new.value ->> 'bullish')::double precision;
      end if;
    when 'user_quota' then
      v_good := jsonb_typeof(new.value) = 'object'
        and coalesce((
          select bool_and(jsonb_typeof(p.value) = 'number' and p.value #>> '{}' ~ '^[0-9]{1,6}$') and array_agg(p.key order by p.key) = array['forecasts', 'runs']
          from jsonb_each(case when jsonb_typeof(new.value) = 'object' then new.value end) p), false);
    when 'on_member_failure' then
      v_good := new.value in ('"fail"', '"drop"');
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_forecast_setting() is
  'Trigger: refuses a value of direction_thresholds, user_quota or on_member_failure that its readers could not use (invalid_setting).';
revoke execute on function internal.check_forecast_setting() from public;

create trigger settings_check_forecast before insert or update on public.settings
for each row execute function internal.check_forecast_setting();
