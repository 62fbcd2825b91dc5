-- A setting of the wrong kind would stop planning and workers alike: it is refused where it is written.
create or replace function internal.check_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_number double precision := case when jsonb_typeof(new.value) = 'number' then (new.value #>> '{}')::double precision end;
  v_horizon record;
  v_good boolean;
begin
  case new.name
    when 'publishing_enabled' then
      v_good := jsonb_typeof(new.value) = 'boolean';
    when 'validation_windows', 'lease_seconds' then
      v_good := v_number = floor(v_number) and v_number between 1 and 10000;
    when 'max_workers', 'max_workers_cap', 'artifact_max_age_bars' then
      v_good := v_number = floor(v_number) and v_number between 0 and 10000;
    when 'validation_interval_days' then
      v_good := v_number > 0 and v_number <= 10000;
    when 'window_sizes' then
      v_good := jsonb_typeof(new.value) = 'object';
      if v_good then
        for v_horizon in select h.key, h.value from jsonb_each(new.value) h loop
          v_good := v_good and v_horizon.key in ('1D', '4h', '8h') and jsonb_typeof(v_horizon.value) = 'object'
            and coalesce((
              select bool_and(jsonb_typeof(p.value) = 'number' and p.value #>> '{}' ~ '^[0-9]{1,5}$'
                  and (p.value #>> '{}')::integer >= case when p.key = 'step' then 1 else 20 end)
                and array_agg(p.key order by p.key) = array['step', 'test', 'train', 'validation']
              from jsonb_each(v_horizon.value) p), false);
        end loop;
      end if;
    when 'divergence_levels' then
      v_good := jsonb_typeof(new.value) = 'object'
        and coalesce((
          select bool_and(jsonb_typeof(l.value) = 'number')
            and array_agg(l.key order by l.key) = array['critical', 'overfitting', 'warning']
          from jsonb_each(case when jsonb_typeof(new.value) = 'object' then new.value end) l), false);
      if v_good then
        v_good := 0 < (new.value ->> 'warning')::double precision
          and (new.value ->> 'warning')::double precision < (new.value ->> 'overfitting')::double precision
          and (new.value ->> 'overfitting')::double precision < (new.value ->> 'critical')::double precision
          and (new.value ->> 'critical')::double precision < 1;
      end if;
    else
      v_good := true;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_setting() is 'Trigger: refuses a setting''s value that its readers could not use (invalid_setting).';
revoke execute on function internal.check_setting() from public;

create trigger settings_check before insert or update on public.settings
for each row execute function internal.check_setting();
