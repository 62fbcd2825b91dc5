-- Settings: what an operator may change without a redeploy.

create table public.settings (
  name text primary key,
  value jsonb not null,
  description text not null,
  updated_at timestamptz not null default now(),
  constraint settings_name_is_snake_case check (name ~ '^[a-z][a-z0-9_]*$')
);
comment on table public.settings is 'What an operator may change without a redeploy; one row a setting.';
comment on column public.settings.name is 'Setting, snake_case.';
comment on column public.settings.value is 'Its value as JSON; the shape is in the description.';
comment on column public.settings.description is 'What it decides, its unit and its shape.';
comment on column public.settings.updated_at is 'Last change, UTC.';

-- A setting of the wrong kind would stop planning and workers alike: it is refused where it is written.
create function internal.check_setting() returns trigger
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
    when 'max_workers', 'artifact_max_age_bars' then
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
    else
      v_good := true;
  end case;
  if v_good is not true then
    perform internal.refuse(400, 'invalid_setting', format('%s cannot be %s. %s', new.name, new.value, new.description));
  end if;
  return new;
end
$$;
comment on function internal.check_setting() is 'Trigger: refuses a setting''s value that its readers could not use (invalid_setting).';
create trigger settings_check before insert or update on public.settings
for each row execute function internal.check_setting();

create trigger settings_touch before update on public.settings
for each row execute function internal.touch_updated_at();

insert into public.settings (name, value, description) values
  ('publishing_enabled', 'true', 'Kill switch: false hides every forecast from current_forecasts and plans no new ones. Boolean.'),
  ('window_sizes',
   '{"1D": {"train": 1000, "validation": 250, "test": 250, "step": 250}}',
   'Walk-forward window sizes by horizon: train, validation, test (20 bars or more) and step.'),
  ('validation_windows', '4', 'How many of the latest windows a scheduled validation covers. Positive integer.'),
  ('validation_interval_days', '7', 'Days after which a symbol''s windows are validated again if there are new bars. Positive number.'),
  ('max_workers', '2', 'Worker requests that dispatch keeps under way at once; 0 stops all work. Integer, 0 or more.'),
  ('lease_seconds', '60', 'How long a worker may hold a job between two reports, in seconds. Positive integer.'),
  ('artifact_max_age_bars', '21', 'A forecast asked for by hand may use fitted members at most this many bars old. Integer, 0 or more.');

alter table public.settings enable row level security;
create policy settings_are_read_by_users on public.settings for select to authenticated using (true);
grant select on public.settings to authenticated, service_role;

create function internal.setting(p_name text) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_value jsonb;
begin
  select s.value into v_value from public.settings s where s.name = p_name;
  if v_value is null then
    perform internal.refuse(500, 'missing_setting', format('settings has no row named %s', p_name));
  end if;
  return v_value;
end
$$;
comment on function internal.setting(text) is 'A setting''s value; raises missing_setting when there is no such row.';

create function public.change_setting(p_name text, p_value jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update public.settings set value = p_value where name = p_name;
  if not found then
    perform internal.refuse(404, 'unknown_setting', format('there is no setting named %s', p_name));
  end if;
  return jsonb_build_object('name', p_name, 'value', p_value);
end
$$;
comment on function public.change_setting(text, jsonb) is 'Changes one setting; raises unknown_setting, invalid_setting.';
grant execute on function public.change_setting(text, jsonb) to service_role;
