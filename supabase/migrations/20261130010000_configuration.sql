-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- configuration/tables/ensembles.sql
-- Ensembles: the configuration that new work is made with. The environment seeds it; from then on the database owns it.
create table public.ensembles (
  ensemble text primary key,
  configuration jsonb not null,
  config_hash text not null,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ensembles_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint ensembles_config_hash_is_hex check (config_hash ~ '^[0-9a-f]{16,64}$')
);
comment on table public.ensembles is 'The ensembles'' configurations; every forecast and metrics row names the config_hash it was made with.';
comment on column public.ensembles.ensemble is 'candidate: the ensemble under rollout. baseline: the legacy ensemble it is compared with.';
comment on column public.ensembles.configuration is 'Members'' weights, grids, mean factors, refit interval and seed.';
comment on column public.ensembles.config_hash is 'Hash of the configuration''s canonical JSON, hexadecimal.';
comment on column public.ensembles.active is 'Whether the schedule plans work for it.';
comment on column public.ensembles.created_at is 'Seeded, UTC.';
comment on column public.ensembles.updated_at is 'Last change, UTC.';

create trigger ensembles_touch before update on public.ensembles
for each row execute function internal.touch_updated_at();

alter table public.ensembles enable row level security;
create policy ensembles_are_read_by_users on public.ensembles for select to authenticated using (true);
revoke all on public.ensembles from anon, authenticated, service_role;
grant select on public.ensembles to authenticated, service_role;

-- configuration/tables/settings.sql
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

create trigger settings_touch before update on public.settings
for each row execute function internal.touch_updated_at();

alter table public.settings enable row level security;
create policy settings_are_read_by_users on public.settings for select to authenticated using (true);
revoke all on public.settings from anon, authenticated, service_role;
grant select on public.settings to authenticated, service_role;

-- configuration/functions/change_setting.sql
create or replace function public.change_setting(p_name text, p_value jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update public.settings set value = p_value where name = p_name;
  if not found then
    perform internal.refuse(404, 'unknown_setting', format('There is no setting named %s', p_name));
  end if;
  return jsonb_build_object('name', p_name, 'value', p_value);
end
$$;
comment on function public.change_setting(text, jsonb) is 'Changes one setting; raises unknown_setting, invalid_setting.';
revoke execute on function public.change_setting(text, jsonb) from public, anon, authenticated;
grant execute on function public.change_setting(text, jsonb) to service_role;

-- configuration/functions/refuse_setting.sql
create or replace function internal.refuse_setting(p_setting public.settings) returns void
language plpgsql set search_path = ''
as $$
begin
  perform internal.refuse(400, 'invalid_setting', format('%s cannot be %s. %s', p_setting.name, p_setting.value,
    rtrim(p_setting.description, '.')));
end
$$;
comment on function internal.refuse_setting(public.settings) is
  'Refuses the value of a setting (invalid_setting), quoting the description, which says what it may be.';
revoke execute on function internal.refuse_setting(public.settings) from public;

-- configuration/functions/seed_ensemble.sql
create or replace function public.seed_ensemble(p_ensemble text, p_configuration jsonb, p_config_hash text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.ensembles (ensemble, configuration, config_hash)
  values (p_ensemble, p_configuration, p_config_hash)
  on conflict (ensemble) do nothing;
  return (
    select jsonb_build_object('ensemble', e.ensemble, 'configuration', e.configuration, 'config_hash', e.config_hash)
    from public.ensembles e where e.ensemble = p_ensemble
  );
end
$$;
comment on function public.seed_ensemble(text, jsonb, text) is
  'Stores an ensemble''s configuration if there is none yet, and returns the one in force: the database wins over the environment.';
revoke execute on function public.seed_ensemble(text, jsonb, text) from public, anon, authenticated;
grant execute on function public.seed_ensemble(text, jsonb, text) to service_role;

-- configuration/functions/setting.sql
create or replace function internal.setting(p_name text) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_value jsonb;
begin
  select s.value into v_value from public.settings s where s.name = p_name;
  if v_value is null then
    perform internal.refuse(500, 'missing_setting', format('The table settings has no row named %s', p_name));
  end if;
  return v_value;
end
$$;
comment on function internal.setting(text) is 'A setting''s value; raises missing_setting when there is no such row.';
revoke execute on function internal.setting(text) from public;

-- configuration/triggers/check_forecast_setting.sql
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
  'Trigger: refuses a value of direction_thresholds or on_member_failure that its readers could not use (invalid_setting).';
revoke execute on function internal.check_forecast_setting() from public;

create trigger settings_check_forecast before insert or update on public.settings
for each row execute function internal.check_forecast_setting();

-- configuration/triggers/check_market_data_setting.sql
create or replace function internal.check_market_data_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_value jsonb := new.value;
  v_good boolean := true;
begin
  case new.name
    when 'market_data' then
      v_good := jsonb_typeof(v_value) = 'object'
        and case v_value ->> 'provider'
          when 'csv' then v_value - 'provider' = '{}'
          when 'alpaca' then v_value - array['provider', 'feed', 'adjustment', 'first_date'] = '{}'
            and v_value -> 'feed' in ('"iex"', '"sip"')
            and v_value -> 'adjustment' in ('"raw"', '"split"', '"dividend"', '"all"')
          when 'tiingo' then v_value - array['provider', 'adjustment', 'first_date'] = '{}'
            and v_value -> 'adjustment' in ('"raw"', '"all"')
        end;
      if v_good and v_value ? 'first_date' then
        v_good := jsonb_typeof(v_value -> 'first_date') = 'string'
          and v_value ->> 'first_date' ~ '^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$';
        if v_good then
          begin
            perform (v_value ->> 'first_date')::date;
          exception when datetime_field_overflow then
            v_good := false;
          end;
        end if;
      end if;
    when 'largest_move' then
      v_good := jsonb_typeof(v_value) = 'object' and v_value ? 'default'
        and (
          select bool_and(
            (m.key = 'default' or m.key ~ '^[A-Z0-9][A-Z0-9._-]{0,15}$')
            and jsonb_typeof(m.value) = 'number'
            and case when jsonb_typeof(m.value) = 'number' then m.value::numeric > 1 and m.value::numeric <= 10000 end)
          from jsonb_each(case when jsonb_typeof(v_value) = 'object' then v_value end) m);
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_market_data_setting() is
  'Trigger: refuses a value of market_data or largest_move that its readers could not use (invalid_setting).';
revoke execute on function internal.check_market_data_setting() from public;

create trigger settings_check_market_data before insert or update on public.settings
for each row execute function internal.check_market_data_setting();

-- configuration/triggers/check_rollout_setting.sql
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

-- configuration/triggers/check_schedule_setting.sql
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
            'canary_reports', 'checkpoints', 'cron_history', 'cron_ticks', 'runs', 'slot_runs', 'worker_requests']
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

-- configuration/triggers/check_setting.sql
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
