-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- configuration/tables/configurations.sql
-- Each configuration once: ensembles, runs and jobs name it by its hash.
create table public.configurations (
  config_hash text primary key,
  configuration jsonb not null,
  created_at timestamptz not null default now(),
  constraint configurations_config_hash_is_hex check (config_hash ~ '^[0-9a-f]{16,64}$')
);
comment on table public.configurations is
  'The configurations that ensembles have or had. Append-only: what a hash names stays, also when nothing refers to it any more.';
comment on column public.configurations.config_hash is 'Hash of the configuration''s canonical JSON, hexadecimal.';
comment on column public.configurations.configuration is 'Members'' weights, grids, mean factors, refit interval and seed.';
comment on column public.configurations.created_at is 'First stored, UTC.';

create trigger configurations_are_append_only before update or delete on public.configurations
for each row execute function internal.refuse_change();

alter table public.configurations enable row level security;
create policy configurations_are_read_by_users on public.configurations for select to authenticated using (true);
revoke all on public.configurations from anon, authenticated, service_role;
grant select on public.configurations to authenticated, service_role;

-- queue/tables/job_settings.sql
-- What jobs are told of the settings, once: their payloads name it by its id.
create table public.job_settings (
  id smallint generated always as identity primary key,
  settings jsonb not null unique
);
comment on table public.job_settings is
  'Settings as they were when jobs were planned: settings_id in a job''s payload names the row, whose keys the payload of a claimed job '
  'has. Append-only.';
comment on column public.job_settings.id is 'Surrogate key.';
comment on column public.job_settings.settings is '{sizes, levels}: window_sizes of a horizon, divergence_levels.';

create trigger job_settings_are_append_only before update or delete on public.job_settings
for each row execute function internal.refuse_change();

alter table public.job_settings enable row level security;
create policy job_settings_are_read_by_users on public.job_settings for select to authenticated using (true);
revoke all on public.job_settings from anon, authenticated, service_role;
grant select on public.job_settings to authenticated, service_role;

-- forecasts/tables/quantile_levels.sql
-- Each list of levels once: forecasts name theirs by its id.
create table public.quantile_levels (
  id smallint generated always as identity primary key,
  levels double precision[] not null,
  -- An index that compares whole lists would refuse long ones.
  constraint quantile_levels_once exclude using hash (levels with =),
  constraint quantile_levels_ascend check (internal.is_ascending(levels)),
  constraint quantile_levels_are_probabilities check (
    cardinality(levels) > 0 and levels[1] > 0 and levels[cardinality(levels)] < 1
  )
);
comment on table public.quantile_levels is 'The levels at which forecasts'' quantiles are held; a forecast names its list. Append-only.';
comment on column public.quantile_levels.id is 'Surrogate key.';
comment on column public.quantile_levels.levels is 'Ascending, between 0 and 1.';

create trigger quantile_levels_are_append_only before update or delete on public.quantile_levels
for each row execute function internal.refuse_change();

alter table public.quantile_levels enable row level security;
create policy quantile_levels_are_read_by_users on public.quantile_levels for select to authenticated using (true);
revoke all on public.quantile_levels from anon, authenticated, service_role;
grant select on public.quantile_levels to authenticated, service_role;

-- By hand, from here: what is there moves into the new tables. Nobody reads or writes meanwhile: who has begun to would be waited for
-- when the columns go, and would itself wait. In a block, because the CLI begins no transaction that LOCK takes for one.
do $$
begin
  lock table public.jobs, public.runs, public.ensembles, public.forecasts in access exclusive mode;
end
$$;

-- One hash names several configurations only where rows were changed by hand. The one in force keeps it, else the oldest; the others
-- get a hash of their own.
insert into public.configurations (config_hash, configuration, created_at)
select case when k.place = 1 then k.config_hash else md5(k.configuration::text) end, k.configuration, k.created_at
from (
  select x.config_hash, x.configuration, min(x.created_at) as created_at,
    row_number() over (partition by x.config_hash order by bool_or(x.in_force) desc, min(x.created_at)) as place
  from (
    select e.config_hash, e.configuration, e.created_at, true as in_force from public.ensembles e
    union all
    select r.config_hash, r.configuration, r.created_at, false from public.runs r where r.config_hash is not null
    union all
    select j.config_hash, j.configuration, j.created_at, false from public.jobs j where j.config_hash is not null
  ) x
  group by x.config_hash, x.configuration
) k
on conflict (config_hash) do nothing;
update public.ensembles e set config_hash = md5(e.configuration::text)
from public.configurations c where c.config_hash = e.config_hash and c.configuration <> e.configuration;
update public.runs r set config_hash = md5(r.configuration::text)
from public.configurations c where c.config_hash = r.config_hash and c.configuration <> r.configuration;
update public.jobs j set config_hash = md5(j.configuration::text)
from public.configurations c where c.config_hash = j.config_hash and c.configuration <> j.configuration;

-- The levels that most forecasts have come first, so that these rows need no change: a constant default rewrites nothing.
insert into public.quantile_levels (levels)
select l.levels
from (select f.quantile_levels as levels, count(*) as forecasts from public.forecasts f group by f.quantile_levels) l
order by l.forecasts desc;
alter table public.forecasts add column quantile_levels_id smallint not null default 1;
alter table public.forecasts alter column quantile_levels_id drop default;
update public.forecasts f set quantile_levels_id = q.id
from public.quantile_levels q where q.id > 1 and q.levels = f.quantile_levels;
comment on column public.forecasts.quantile_levels_id is 'The levels of return_quantiles, a row of quantile_levels.';
comment on column public.forecasts.return_quantiles is 'Quantiles of the log return, one at each level of quantile_levels_id.';
-- To here.

-- configuration/functions/seed_ensemble.sql
create or replace function public.seed_ensemble(p_ensemble text, p_configuration jsonb, p_config_hash text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from public.ensembles e where e.ensemble = p_ensemble) then
    perform internal.store_configuration(p_config_hash, p_configuration);
    insert into public.ensembles (ensemble, config_hash) values (p_ensemble, p_config_hash) on conflict (ensemble) do nothing;
  end if;
  return (
    select jsonb_build_object('ensemble', e.ensemble, 'configuration', c.configuration, 'config_hash', e.config_hash)
    from public.ensembles e
    join public.configurations c on c.config_hash = e.config_hash
    where e.ensemble = p_ensemble
  );
end
$$;
comment on function public.seed_ensemble(text, jsonb, text) is
  'Stores an ensemble''s configuration if there is none yet, and returns the one in force: the database wins over the environment. '
  'Raises hash_taken when the hash names another configuration.';
revoke execute on function public.seed_ensemble(text, jsonb, text) from public, anon, authenticated;
grant execute on function public.seed_ensemble(text, jsonb, text) to service_role;

-- configuration/functions/store_configuration.sql
create or replace function internal.store_configuration(p_config_hash text, p_configuration jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.configurations (config_hash, configuration) values (p_config_hash, p_configuration)
  on conflict (config_hash) do nothing;
  if not exists (
    select from public.configurations c where c.config_hash = p_config_hash and c.configuration = p_configuration) then
    perform internal.refuse(409, 'hash_taken', format(
      'Hash %s is that of another configuration: give this one a hash of its own, or change its seed', p_config_hash));
  end if;
end
$$;
comment on function internal.store_configuration(text, jsonb) is
  'Stores a configuration under its hash, unless it is there. Raises hash_taken when the hash names another one.';
revoke execute on function internal.store_configuration(text, jsonb) from public;

-- queue/functions/create_run.sql
create or replace function internal.create_run(
  p_kind text, p_ensemble text, p_key text, p_via text, p_by uuid, p_cutoff timestamptz, p_params jsonb
) returns uuid
language plpgsql set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into public.runs (
    kind, ensemble, idempotency_key, requested_via, requested_by, data_cutoff, params, config_hash)
  select p_kind, p_ensemble, p_key, p_via, p_by, p_cutoff, p_params, e.config_hash
  from public.ensembles e where e.ensemble = p_ensemble
  on conflict (idempotency_key) where status <> 'failed' do nothing
  returning id into v_id;
  return v_id;
end
$$;
comment on function internal.create_run(text, text, text, text, uuid, timestamptz, jsonb) is
  'A new run with the ensemble''s configuration; null when one with this key is there and has not failed.';
revoke execute on function internal.create_run(text, text, text, text, uuid, timestamptz, jsonb) from public;

-- forecasts/constraints/is_ascending.sql
-- Used in CHECKs: a list of quantiles is one only in order, and NaN sorts above everything.
create or replace function internal.is_ascending(p_values double precision[]) returns boolean
language sql immutable strict set search_path = ''
as $$
  select p_values = array(select u.value from unnest(p_values) u(value) order by u.value)
    and coalesce(p_values[1] > '-infinity' and p_values[cardinality(p_values)] < 'infinity', cardinality(p_values) = 0)
$$;
comment on function internal.is_ascending(double precision[]) is 'Whether the values are finite and never decrease.';
revoke execute on function internal.is_ascending(double precision[]) from public;

-- forecasts/functions/quantile_levels_id.sql
create or replace function internal.quantile_levels_id(p_levels double precision[]) returns smallint
language plpgsql set search_path = ''
as $$
declare
  v_id smallint;
begin
  select q.id into v_id from public.quantile_levels q where q.levels = p_levels;
  if v_id is null then
    insert into public.quantile_levels (levels) values (p_levels) on conflict do nothing;
    select q.id into strict v_id from public.quantile_levels q where q.levels = p_levels;
  end if;
  return v_id;
end
$$;
comment on function internal.quantile_levels_id(double precision[]) is 'The id of a list of levels in quantile_levels, which is stored if it is new.';
revoke execute on function internal.quantile_levels_id(double precision[]) from public;

-- forecasts/triggers/match_levels.sql
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

-- planning/functions/horizon_payload.sql
create or replace function internal.horizon_payload(p_horizon text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_settings jsonb := jsonb_build_object('sizes', internal.window_sizes(p_horizon), 'levels', internal.setting('divergence_levels'));
  v_id smallint := (select s.id from public.job_settings s where s.settings = v_settings);
begin
  if v_id is null then
    insert into public.job_settings (settings) values (v_settings) on conflict (settings) do nothing;
    select s.id into strict v_id from public.job_settings s where s.settings = v_settings;
  end if;
  return jsonb_build_object('horizon', p_horizon, 'settings_id', v_id);
end
$$;
comment on function internal.horizon_payload(text) is
  'What every job of an ensemble over a horizon is told beside symbol and ensemble: {horizon, settings_id}, the id of the settings as they '
  'are now in job_settings.';
revoke execute on function internal.horizon_payload(text) from public;

-- planning/functions/plan_validations.sql
create or replace function internal.plan_validations(p_symbol_ids bigint[], p_windows integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_interval interval := make_interval(
    secs => 86400 * (internal.setting('validation_interval_days') #>> '{}')::double precision);
  v_latest integer := coalesce(p_windows, (internal.setting('validation_windows') #>> '{}')::integer);
  v_horizon text;
  v_timeframe text;
  v_payload jsonb;
  v_sizes jsonb;
  v_step integer;
  v_needed integer;
  v_runs jsonb;
  v_planned integer := 0;
begin
  for v_horizon in select h.name from jsonb_object_keys(internal.setting('window_sizes')) h(name) order by h.name loop
    v_timeframe := internal.timeframe_of(v_horizon);
    v_payload := internal.horizon_payload(v_horizon);
    v_sizes := internal.window_sizes(v_horizon);
    v_step := (v_sizes ->> 'step')::integer;
    v_needed := (v_sizes ->> 'train')::integer + (v_sizes ->> 'validation')::integer + (v_sizes ->> 'test')::integer;
    with subjects as materialized (
      select a.symbol_id, a.symbol, e.ensemble, e.config_hash, b.bars, b.last_bar_time, b.stored_at
      from public.vw_ensemble_assignments a
      join public.ensembles e on e.ensemble = a.ensemble
      join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = v_timeframe
      where a.symbol_id = any (p_symbol_ids) and a.horizon = v_horizon and a.is_listed and a.is_planned
        -- On schedule a symbol is validated once an interval, and when nothing that was validated holds any more; asked for by number, at
        -- once.
        and (p_windows is not null
          or not exists (
            select from public.vw_valid_windows w
            where w.symbol_id = a.symbol_id and w.horizon = v_horizon and w.config_hash = e.config_hash)
          or not exists (
            select from public.runs r
            where r.kind = 'validation' and r.params -> 'symbols' ->> 0 = a.symbol and r.params ->> 'horizon' = v_horizon
              and r.created_at > now() - v_interval and r.status <> 'failed' and r.ensemble = e.ensemble
              and r.config_hash = e.config_hash))
    ), wanted as (
      -- The latest window ends with the latest bar; each earlier one a step before. Those already validated with this configuration on
      -- bars that have not changed since, and those that wait in the queue, are left out.
      select s.*, (
        select array_agg(w.last_bar order by w.last_bar desc)
        from (
          select s.bars - 1 - k * v_step as last_bar
          from generate_series(0, least(v_latest, s.bars) - 1) k
          where s.bars - k * v_step >= v_needed
        ) w
        where not exists (
            select from public.vw_valid_windows v
            where v.symbol_id = s.symbol_id and v.horizon = v_horizon and v.config_hash = s.config_hash and v.window_id = w.last_bar)
          and not exists (
            select from public.jobs j
            join public.runs r on r.id = j.run_id
            where j.kind = 'validate_window' and j.status in ('queued', 'running')
              and j.payload ->> 'symbol' = s.symbol and j.payload ->> 'horizon' = v_horizon
              and j.payload ->> 'window_id' = w.last_bar::text
              and r.ensemble = s.ensemble and r.config_hash = s.config_hash)) as windows
      from subjects s
    ), keyed as materialized (
      select w.*, format('validation:%s:%s:%s:%s:%s:%s', w.symbol, v_horizon, w.ensemble, extract(epoch from w.stored_at), w.config_hash,
        coalesce(array_to_string(w.windows, ','), 'none')) as key
      from wanted w
      where w.windows is not null or w.bars < v_needed
    ), due as materialized (
      select k.* from keyed k
      where k.key not in (select s.key from internal.settled_runs(array(select k.key from keyed k)) s(key))
    )
    select jsonb_agg(jsonb_build_object(
      'key', d.key, 'ensemble', d.ensemble, 'cutoff', d.last_bar_time,
      'code', case when d.windows is null then 'too_few_bars_for_window' end,
      'message', case when d.windows is null then format(
        '%s has %s bars for %s; one window needs %s (train %s, validation %s, test %s)', d.symbol, d.bars, v_horizon,
        v_needed, v_sizes ->> 'train', v_sizes ->> 'validation', v_sizes ->> 'test') end,
      'params', jsonb_build_object('symbols', jsonb_build_array(d.symbol), 'horizon', v_horizon, 'windows', d.windows),
      'jobs', (
        select jsonb_agg(jsonb_build_object('subject', w.last_bar,
          'payload', v_payload || jsonb_build_object('symbol', d.symbol, 'ensemble', d.ensemble, 'window_id', w.last_bar)) order by w.place)
        from unnest(d.windows) with ordinality w(last_bar, place)))
      order by d.symbol_id, d.ensemble) into v_runs
    from due d;
    v_planned := v_planned + internal.add_planned_runs('validation', 'validate_window', coalesce(v_runs, '[]'));
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_validations(bigint[], integer) is
  'Plans for these symbols, where the last validation is an interval old (with p_windows: now), the latest p_windows windows (default: setting '
  'validation_windows) that are not yet validated; too few bars end the run at once, saying how many are needed. Returns how many. '
  'Twin: rollingWindows (src/shared/evaluation/rolling-windows.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.plan_validations(bigint[], integer) from public;

-- rollout-decisions/functions/start_rollout.sql
create or replace function public.start_rollout(
  p_actor text,
  p_candidate jsonb,
  p_candidate_hash text,
  p_baseline jsonb,
  p_baseline_hash text,
  p_symbols text[],
  p_code_version text,
  p_commit_hash text default null,
  p_tests jsonb default null,
  p_health jsonb default '{}'
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_rollout public.rollouts := internal.lock_rollout();
  v_symbols text[];
  v_refused text;
begin
  if v_rollout.status = 'running' then
    if (v_rollout.candidate_hash, v_rollout.baseline_hash) is distinct from (p_candidate_hash, p_baseline_hash) then
      perform internal.refuse(409, 'rollout_running', format(
        'Rollout %s of candidate %s against baseline %s runs in stage %s: complete it or roll it back first (%s)', v_rollout.id,
        v_rollout.candidate_hash, v_rollout.baseline_hash, v_rollout.stage,
        internal.decision_text(v_rollout.id, '{deployed, promoted}')));
    end if;
    return jsonb_build_object('rollout_id', v_rollout.id, 'repeated', true, 'stage', v_rollout.stage, 'symbols', (
      select coalesce(jsonb_agg(m.symbol order by m.symbol), '[]') from public.rollout_symbols m where m.rollout_id = v_rollout.id));
  end if;

  if p_candidate_hash = p_baseline_hash then
    perform internal.refuse(400, 'same_configuration', format(
      'Candidate and baseline have the same configuration, %s: there is nothing to compare', p_candidate_hash));
  end if;
  select coalesce(array_agg(distinct a.symbol order by a.symbol), '{}') into v_symbols from unnest(p_symbols) a(symbol);
  if cardinality(v_symbols) = 0 then
    perform internal.refuse(400, 'no_symbols', 'A rollout needs the symbols that it begins with');
  end if;
  select string_agg(a.symbol, ', ' order by a.symbol) into v_refused
  from unnest(v_symbols) a(symbol)
  where not exists (select from public.symbols s where s.symbol = a.symbol);
  if v_refused is not null then
    perform internal.refuse(404, 'unknown_symbol', format('Not in the registry of symbols: %s', v_refused));
  end if;
  select string_agg(s.symbol, ', ' order by s.symbol) into v_refused
  from public.symbols s where s.symbol = any (v_symbols) and not s.active;
  if v_refused is not null then
    perform internal.refuse(409, 'inactive_symbol', format('Not active, so that nothing is forecast for them: %s', v_refused));
  end if;

  perform internal.store_configuration(p_candidate_hash, p_candidate);
  perform internal.store_configuration(p_baseline_hash, p_baseline);
  insert into public.ensembles as e (ensemble, config_hash)
  values ('candidate', p_candidate_hash), ('baseline', p_baseline_hash)
  on conflict (ensemble) do update
    set config_hash = excluded.config_hash, active = true
    where (e.config_hash, e.active) is distinct from (excluded.config_hash, true);
  update public.symbols set stage = 'canary' where symbol = any (v_symbols) and stage <> 'canary';
  update public.symbols set stage = 'limited' where stage = 'canary' and symbol <> all (v_symbols);

  insert into public.rollouts (
    candidate_hash, baseline_hash, code_version, commit_hash, tests, stage_due_at, health_captured)
  values (p_candidate_hash, p_baseline_hash, p_code_version, p_commit_hash, p_tests, now() + internal.stage_length('canary'),
    coalesce(p_health, '{}'))
  returning * into v_rollout;
  perform internal.reach_stage(v_rollout.id, 'canary');
  select string_agg(a.symbol, ', ' order by a.symbol) into v_refused
  from unnest(v_symbols) a(symbol)
  where not exists (select from public.rollout_symbols m where m.rollout_id = v_rollout.id and m.symbol = a.symbol);
  if v_refused is not null then
    perform internal.refuse(409, 'no_horizons', format('Without any of the horizons of stage canary, %s: %s',
      (select string_agg(h.name, ', ') from jsonb_array_elements_text(internal.setting('rollout_stages') #> '{canary, horizons}') h(name)),
      v_refused));
  end if;

  perform internal.add_rollout_event(v_rollout.id, 'deployed', v_actor, format('candidate %s beside baseline %s, to %s',
      p_candidate_hash, p_baseline_hash, array_to_string(v_symbols, ', ')),
    jsonb_build_object('candidate_hash', p_candidate_hash, 'baseline_hash', p_baseline_hash, 'code_version', p_code_version,
      'commit_hash', p_commit_hash, 'tests', p_tests, 'stage_due_at', v_rollout.stage_due_at, 'symbols', (
        select jsonb_agg(jsonb_build_object('symbol', m.symbol, 'horizons', m.horizons) order by m.symbol)
        from public.rollout_symbols m where m.rollout_id = v_rollout.id)));
  if coalesce(p_health, '{}') <> '{}' then
    perform internal.add_rollout_event(v_rollout.id, 'health_captured', v_actor,
      'durations of the monitoring queries before anything was changed', p_health);
  end if;
  return jsonb_build_object('rollout_id', v_rollout.id, 'repeated', false, 'stage', v_rollout.stage, 'symbols', to_jsonb(v_symbols));
end
$$;
comment on function public.start_rollout(text, jsonb, text, jsonb, text, text[], text, text, jsonb, jsonb) is
  'Starts the rollout of a candidate beside a baseline with the given symbols, which become stage canary: {rollout_id, repeated, stage, '
  'symbols}. The same two configurations while it runs are the same rollout (repeated). Raises no_actor, rollout_running, '
  'same_configuration, no_symbols, unknown_symbol, inactive_symbol, hash_taken, no_horizons.';
revoke execute on function public.start_rollout(text, jsonb, text, jsonb, text, text[], text, text, jsonb, jsonb) from public, anon, authenticated;
grant execute on function public.start_rollout(text, jsonb, text, jsonb, text, text[], text, text, jsonb, jsonb) to service_role;

-- By hand, from here: the columns go, and with them the checks that spoke of them. Rows are checked against the new constraints by the
-- next migration, which stops nobody.
alter table public.ensembles
  -- squawk-ignore ban-drop-column
  drop column configuration,
  drop constraint ensembles_config_hash_is_hex,
  add constraint ensembles_configuration_known foreign key (config_hash) references public.configurations (config_hash) not valid;
comment on table public.ensembles is 'The configuration that each ensemble has; every forecast and metrics row names the config_hash it was made with.';
comment on column public.ensembles.config_hash is 'Its configuration, a row of configurations.';

alter table public.runs
  -- squawk-ignore ban-drop-column
  drop column configuration,
  add constraint runs_of_an_ensemble_name_it check (
    case
      when kind = 'forecast' and requested_via = 'http' then num_nulls(ensemble, config_hash) in (0, 2)
      when kind in ('forecast', 'validation', 'divergence_check') then num_nulls(ensemble, config_hash) = 0
      else true
    end
  ) not valid,
  add constraint runs_configuration_known foreign key (config_hash) references public.configurations (config_hash) not valid;
comment on column public.runs.config_hash is
  'The ensemble''s configuration when the run was planned, a row of configurations; a later change does not reach it. Null where '
  'ensemble is.';

alter table public.jobs
  -- squawk-ignore ban-drop-column
  drop column configuration,
  add constraint jobs_configuration_known foreign key (config_hash) references public.configurations (config_hash) not valid;
comment on column public.jobs.config_hash is
  'The configuration of the job''s ensemble, where its run has none because the jobs are of both; else null, and the run''s counts.';

-- It names every column of forecasts, and is made again below.
drop view public.current_forecasts;
alter table public.forecasts
  -- squawk-ignore ban-drop-column
  drop column quantile_levels,
  add constraint forecasts_quantile_levels_known foreign key (quantile_levels_id) references public.quantile_levels (id) not valid,
  add constraint forecasts_quantiles_ascend check (internal.is_ascending(return_quantiles)) not valid;
-- To here.

-- forecasts/views/current_forecasts.sql
-- One look at an index for each symbol and horizon, however many forecasts there are. Symbol and horizon are the registry's, so that who
-- asks for one of them looks for no other.
create or replace view public.current_forecasts with (security_invoker = true) as
select
  f.id, v.symbol_id, v.symbol, v.horizon, f.ensemble, f.config_hash, f.code_version, f.data_cutoff, f.target_time,
  f.issued_at, f.last_close, f.forecast_return, f.forecast_price, f.scale, f.probability_up, f.lower_50, f.upper_50,
  f.lower_80, f.upper_80, f.lower_90, f.upper_90, f.lower_95, f.upper_95, q.levels as quantile_levels, f.return_quantiles,
  f.members, f.artifact_id, f.run_id, f.direction, f.confidence, f.direction_thresholds, f.agreement, f.mean_spread,
  f.scale_ratio, f.drivers, f.quality_notes
from public.vw_serving_ensembles v
cross join lateral (
  -- A candidate that has only just come to a symbol has no forecast yet: until then nobody is left without one.
  select l.*
  from public.ensembles e
  cross join lateral (
    select x.*
    from public.forecasts x
    where x.symbol_id = v.symbol_id and x.horizon = v.horizon and x.ensemble = e.ensemble and x.config_hash = e.config_hash
    order by x.data_cutoff desc
    limit 1
  ) l
  where e.active and e.ensemble in (v.ensemble, 'baseline')
  -- Nor does one that it made in an earlier rollout stand before a newer one of the baseline.
  order by e.ensemble = v.ensemble and l.issued_at >= coalesce(v.reached_at, '-infinity') desc, l.data_cutoff desc, e.ensemble = v.ensemble desc
  limit 1
) f
join public.quantile_levels q on q.id = f.quantile_levels_id
where (select t.value from public.settings t where t.name = 'publishing_enabled') = 'true'
order by v.symbol_id, v.horizon;
comment on view public.current_forecasts is
  'What apps read: the latest forecast by symbol and horizon of the ensemble that serves it (vw_serving_ensembles), made with its present '
  'configuration; the baseline''s where a candidate that serves has none yet, or none newer since this rollout came to it; empty while '
  'publishing_enabled is false.';

revoke all on public.current_forecasts from anon, authenticated, service_role;
grant select on public.current_forecasts to authenticated, service_role;

-- forecasts/views/vw_forecasts.sql
-- For readers of forecasts who want the levels beside the quantiles.
create or replace view public.vw_forecasts with (security_invoker = true) as
select
  f.id, f.symbol_id, f.symbol, f.horizon, f.ensemble, f.config_hash, f.code_version, f.data_cutoff, f.target_time, f.issued_at,
  f.last_close, f.forecast_return, f.forecast_price, f.scale, f.probability_up, f.lower_50, f.upper_50, f.lower_80, f.upper_80,
  f.lower_90, f.upper_90, f.lower_95, f.upper_95, q.levels as quantile_levels, f.return_quantiles, f.members, f.artifact_id,
  f.run_id, f.direction, f.confidence, f.direction_thresholds, f.agreement, f.mean_spread, f.scale_ratio, f.drivers,
  f.quality_notes
from public.forecasts f
join public.quantile_levels q on q.id = f.quantile_levels_id;
comment on view public.vw_forecasts is 'All forecasts, each with the levels of its quantiles; the other columns are those of forecasts.';

revoke all on public.vw_forecasts from anon, authenticated, service_role;
grant select on public.vw_forecasts to authenticated, service_role;

