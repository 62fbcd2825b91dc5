create or replace function internal.check_rollout_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_part record;
  v_number double precision;
  v_good boolean := true;
begin
  case new.name
    when 'automatic_rollback' then
      v_good := jsonb_typeof(new.value) = 'boolean';
    when 'symbol_ends_after_sessions' then
      v_number := case when jsonb_typeof(new.value) = 'number' then (new.value #>> '{}')::double precision end;
      v_good := v_number = floor(v_number) and v_number between 1 and 1000;
    when 'rollout_stages' then
      v_good := jsonb_typeof(new.value) = 'object'
        and (select array_agg(s.stage order by s.stage) from jsonb_object_keys(new.value) s(stage)) = array['canary', 'full', 'limited'];
      if v_good then
        for v_part in select s.value from jsonb_each(new.value) s loop
          v_good := v_good and coalesce(
            jsonb_typeof(v_part.value) = 'object'
            and (select array_agg(k.name order by k.name) from jsonb_object_keys(v_part.value) k(name)) = array['days', 'horizons']
            and jsonb_typeof(v_part.value -> 'days') = 'number' and (v_part.value ->> 'days')::double precision between 0 and 1000
            and jsonb_typeof(v_part.value -> 'horizons') = 'array' and jsonb_array_length(v_part.value -> 'horizons') > 0
            and v_part.value -> 'horizons' <@ '["1D", "4h", "8h"]', false);
        end loop;
      end if;
    when 'rollout_roles' then
      v_good := jsonb_typeof(new.value) = 'array' and coalesce((
        select bool_and(jsonb_typeof(r.role) = 'string' and r.role #>> '{}' ~ '^[A-Za-z][A-Za-z0-9 _-]{0,31}$')
        from jsonb_array_elements(new.value) r(role)), true);
    when 'rollout_criteria' then
      v_good := jsonb_typeof(new.value) = 'object'
        and (select array_agg(k.name order by k.name) from jsonb_object_keys(new.value) k(name)) = array[
          'confidence', 'critical_alerts_per_hour', 'health_ratio', 'largest_divergence', 'margin', 'mean_divergence',
          'minimum_sessions', 'rollback_margin'];
      if v_good then
        for v_part in select k.key, k.value from jsonb_each(new.value) k loop
          v_number := case when jsonb_typeof(v_part.value) = 'number' then (v_part.value #>> '{}')::double precision end;
          v_good := v_good and coalesce(case v_part.key
            when 'confidence' then v_number between 0.5 and 0.999
            when 'critical_alerts_per_hour' then v_number = floor(v_number) and v_number between 0 and 1000
            when 'minimum_sessions' then v_number = floor(v_number) and v_number between 1 and 1000
            when 'health_ratio' then v_number between 1 and 100
            else v_number > 0 and v_number < 1
          end, false);
        end loop;
        v_good := v_good and (new.value ->> 'margin')::double precision < (new.value ->> 'rollback_margin')::double precision
          and (new.value ->> 'mean_divergence')::double precision < (new.value ->> 'largest_divergence')::double precision;
      end if;
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_rollout_setting() is 'Trigger: refuses a value of a rollout''s setting that its readers could not use (invalid_setting).';
revoke execute on function internal.check_rollout_setting() from public;

create trigger settings_check_rollout before insert or update on public.settings
for each row execute function internal.check_rollout_setting();
