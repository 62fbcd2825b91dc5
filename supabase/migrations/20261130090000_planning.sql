-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- planning/functions/ensemble_payload.sql
create or replace function internal.ensemble_payload(p_symbol text, p_horizon text, p_ensemble text) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('symbol', p_symbol, 'horizon', p_horizon, 'ensemble', p_ensemble, 'sizes', internal.window_sizes(p_horizon),
    'levels', internal.setting('divergence_levels'))
$$;
comment on function internal.ensemble_payload(text, text, text) is
  'What every job of an ensemble is told, as the settings are when it is planned: {symbol, horizon, ensemble, sizes, levels}.';
revoke execute on function internal.ensemble_payload(text, text, text) from public;

-- planning/functions/plan_divergence_checks.sql
create or replace function internal.plan_divergence_checks(p_date date) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_subject record;
  v_run_id uuid;
  v_planned integer := 0;
begin
  for v_subject in
    select a.symbol_id, a.symbol, a.horizon, a.ensemble, e.config_hash
    from public.vw_ensemble_assignments a
    join public.ensembles e on e.ensemble = a.ensemble
    where a.is_listed and a.is_planned and internal.window_sizes(a.horizon) is not null
      and exists (
        select from public.vw_valid_windows w
        where w.symbol_id = a.symbol_id and w.horizon = a.horizon and w.config_hash = e.config_hash)
    order by a.symbol_id, a.horizon, a.ensemble
  loop
    v_run_id := internal.create_run('divergence_check', v_subject.ensemble, format('divergence_check:%s:%s:%s:%s:%s',
      v_subject.symbol, v_subject.horizon, v_subject.ensemble, v_subject.config_hash, p_date), 'schedule', null, null,
      jsonb_build_object('symbols', jsonb_build_array(v_subject.symbol), 'horizon', v_subject.horizon));
    continue when v_run_id is null;
    perform internal.add_job(v_run_id, 'check_divergence', v_subject.symbol,
      internal.ensemble_payload(v_subject.symbol, v_subject.horizon, v_subject.ensemble));
    v_planned := v_planned + 1;
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_divergence_checks(date) is
  'Plans a divergence check, once a date, of every active symbol, horizon and ensemble with validated windows; returns how many.';
revoke execute on function internal.plan_divergence_checks(date) from public;

-- planning/functions/plan_forecast.sql
create or replace function internal.plan_forecast(
  p_symbol public.symbols, p_horizon text, p_ensemble public.ensembles
) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_bars integer;
  v_cutoff timestamptz;
  v_stored_at timestamptz;
  v_shortage record;
  v_key text;
  v_run_id uuid;
begin
  select count(*), max(b.bar_time), max(b.ingested_at) into v_bars, v_cutoff, v_stored_at
  from public.bars b where b.symbol_id = p_symbol.id and b.timeframe = internal.timeframe_of(p_horizon);
  v_key := format('forecast:%s:%s:%s:%s:%s', p_symbol.symbol, p_horizon, p_ensemble.ensemble,
    extract(epoch from v_stored_at), p_ensemble.config_hash);
  if v_bars = 0
    or internal.not_issued_from(p_horizon, v_cutoff)
    or internal.is_settled(v_key)
    or exists (
      select from public.forecasts f
      where f.symbol_id = p_symbol.id and f.horizon = p_horizon and f.ensemble = p_ensemble.ensemble
        and f.config_hash = p_ensemble.config_hash and f.data_cutoff = v_cutoff and f.issued_at >= v_stored_at) then
    return 0;
  end if;

  v_run_id := internal.create_run('forecast', p_ensemble.ensemble, v_key, 'schedule', null, v_cutoff,
    jsonb_build_object('symbols', jsonb_build_array(p_symbol.symbol), 'horizon', p_horizon));
  if v_run_id is null then
    return 0;
  end if;
  select x.code, x.message into v_shortage from internal.forecast_shortage(p_symbol.id, p_horizon) x;
  if found then
    perform internal.refuse_run(v_run_id, v_shortage.code, v_shortage.message);
    return 0;
  end if;
  perform internal.add_job(v_run_id, 'forecast', p_symbol.symbol,
    internal.ensemble_payload(p_symbol.symbol, p_horizon, p_ensemble.ensemble) || jsonb_build_object('last_bar', v_bars - 1));
  return 1;
end
$$;
comment on function internal.plan_forecast(public.symbols, text, public.ensembles) is
  'Plans a forecast from the latest bar unless there is one, or a run for it, or the horizon does not begin there; bars that are too few '
  'or span too little end the run at once with the reason.';
revoke execute on function internal.plan_forecast(public.symbols, text, public.ensembles) from public;

-- planning/functions/plan_forecasts.sql
create or replace function internal.plan_forecasts() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_ensemble public.ensembles;
  v_horizon text;
  v_planned integer := 0;
begin
  -- Two at once would both see the same work as missing.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  for v_symbol in select s.* from public.symbols s where s.active order by s.id loop
    foreach v_horizon in array v_symbol.horizons loop
      continue when internal.window_sizes(v_horizon) is null;
      for v_ensemble in select e.* from internal.planned_ensembles(v_symbol.id, v_horizon) e loop
        v_planned := v_planned + internal.plan_forecast(v_symbol, v_horizon, v_ensemble);
      end loop;
    end loop;
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_forecasts() is
  'Plans, for every active symbol and each ensemble that is planned for it, a forecast from the latest bar where there is none; returns how '
  'many.';
revoke execute on function internal.plan_forecasts() from public;

-- planning/functions/plan_validation.sql
create or replace function internal.plan_validation(
  p_symbol public.symbols, p_horizon text, p_ensemble public.ensembles, p_windows integer
) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_sizes jsonb := internal.window_sizes(p_horizon);
  v_step integer := (v_sizes ->> 'step')::integer;
  v_needed integer := (v_sizes ->> 'train')::integer + (v_sizes ->> 'validation')::integer + (v_sizes ->> 'test')::integer;
  v_bars integer;
  v_cutoff timestamptz;
  v_stored_at timestamptz;
  v_windows integer[];
  v_key text;
  v_run_id uuid;
  v_window integer;
begin
  select count(*), max(b.bar_time), max(b.ingested_at) into v_bars, v_cutoff, v_stored_at
  from public.bars b where b.symbol_id = p_symbol.id and b.timeframe = internal.timeframe_of(p_horizon);
  if v_bars = 0 then
    return 0;
  end if;

  -- The latest window ends with the latest bar; each earlier one a step before. Those already validated with this
  -- configuration on bars that have not changed since, and those that wait in the queue, are left out.
  select array_agg(w.last_bar order by w.last_bar desc) into v_windows
  from (
    select v_bars - 1 - k * v_step as last_bar
    from generate_series(0, least(
      coalesce(p_windows, (internal.setting('validation_windows') #>> '{}')::integer), v_bars) - 1) k
    where v_bars - k * v_step >= v_needed
  ) w
  where w.last_bar not in (
    select v.window_id from public.vw_valid_windows v
    where v.symbol_id = p_symbol.id and v.horizon = p_horizon and v.config_hash = p_ensemble.config_hash)
    and not exists (
      select from public.jobs j
      join public.runs r on r.id = j.run_id
      where j.kind = 'validate_window' and j.status in ('queued', 'running')
        and r.ensemble = p_ensemble.ensemble and r.config_hash = p_ensemble.config_hash
        and j.payload @> jsonb_build_object('symbol', p_symbol.symbol, 'horizon', p_horizon, 'window_id', w.last_bar));

  v_key := format('validation:%s:%s:%s:%s:%s:%s', p_symbol.symbol, p_horizon, p_ensemble.ensemble,
    extract(epoch from v_stored_at), p_ensemble.config_hash, coalesce(array_to_string(v_windows, ','), 'none'));
  if internal.is_settled(v_key) or (v_windows is null and v_bars >= v_needed) then
    return 0;
  end if;

  v_run_id := internal.create_run('validation', p_ensemble.ensemble, v_key, 'schedule', null, v_cutoff,
    jsonb_build_object('symbols', jsonb_build_array(p_symbol.symbol), 'horizon', p_horizon, 'windows', v_windows));
  if v_run_id is null then
    return 0;
  end if;
  if v_windows is null then
    perform internal.refuse_run(v_run_id, 'too_few_bars_for_window', format(
      '%s has %s bars for %s; one window needs %s (train %s, validation %s, test %s)', p_symbol.symbol, v_bars, p_horizon,
      v_needed, v_sizes ->> 'train', v_sizes ->> 'validation', v_sizes ->> 'test'));
    return 0;
  end if;
  foreach v_window in array v_windows loop
    perform internal.add_job(v_run_id, 'validate_window', v_window::text,
      internal.ensemble_payload(p_symbol.symbol, p_horizon, p_ensemble.ensemble) || jsonb_build_object('window_id', v_window));
  end loop;
  return cardinality(v_windows);
end
$$;
comment on function internal.plan_validation(public.symbols, text, public.ensembles, integer) is
  'Plans the latest p_windows windows (default: setting validation_windows) that are not yet validated; too few bars end the run at '
  'once, saying how many are needed. '
  'Twin: rollingWindows (src/shared/evaluation/rolling-windows.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.plan_validation(public.symbols, text, public.ensembles, integer) from public;

-- planning/functions/plan_validations.sql
create or replace function internal.plan_validations(p_windows integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_ensemble public.ensembles;
  v_horizon text;
  v_planned integer := 0;
  v_interval interval := make_interval(
    secs => 86400 * (internal.setting('validation_interval_days') #>> '{}')::double precision);
begin
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  for v_symbol in select s.* from public.symbols s where s.active order by s.id loop
    foreach v_horizon in array v_symbol.horizons loop
      continue when internal.window_sizes(v_horizon) is null;
      for v_ensemble in select e.* from internal.planned_ensembles(v_symbol.id, v_horizon) e loop
        -- On schedule a symbol is validated once an interval, and when nothing that was validated holds any more; asked for
        -- by number, at once.
        if p_windows is not null
          or not exists (
            select from public.vw_valid_windows w
            where w.symbol_id = v_symbol.id and w.horizon = v_horizon and w.config_hash = v_ensemble.config_hash)
          or not exists (
          select from public.runs r
          where r.kind = 'validation' and r.status <> 'failed'
            and r.ensemble = v_ensemble.ensemble and r.config_hash = v_ensemble.config_hash
            and r.params @> jsonb_build_object('symbols', jsonb_build_array(v_symbol.symbol), 'horizon', v_horizon)
            and r.created_at > now() - v_interval) then
          v_planned := v_planned + internal.plan_validation(v_symbol, v_horizon, v_ensemble, p_windows);
        end if;
      end loop;
    end loop;
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_validations(integer) is
  'Plans walk-forward windows for every active symbol whose last validation is an interval old (with p_windows: that many, now); returns '
  'how many.';
revoke execute on function internal.plan_validations(integer) from public;

-- planning/functions/plan_work.sql
create or replace function public.plan_work(p_windows integer default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_forecasts integer;
  v_windows integer;
begin
  if internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('forecasts', 0, 'windows', 0, 'reason', 'publishing_enabled is false');
  end if;
  v_forecasts := internal.plan_forecasts();
  v_windows := internal.plan_validations(p_windows);
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return jsonb_build_object('forecasts', v_forecasts, 'windows', v_windows);
end
$$;
comment on function public.plan_work(integer) is
  'Plans what is due for every active symbol: a forecast from new bars, and walk-forward windows once an interval (with p_windows: '
  'that many, now). Asks for workers. Cron calls it; calling it again plans nothing twice.';
revoke execute on function public.plan_work(integer) from public, anon, authenticated;
grant execute on function public.plan_work(integer) to service_role;

-- planning/functions/planned_ensembles.sql
create or replace function internal.planned_ensembles(p_symbol_id bigint, p_horizon text) returns setof public.ensembles
language sql stable set search_path = ''
as $$
  select e.*
  from public.vw_ensemble_assignments a
  join public.ensembles e on e.ensemble = a.ensemble
  where a.symbol_id = p_symbol_id and a.horizon = p_horizon and a.is_listed and a.is_planned
  order by e.ensemble
$$;
comment on function internal.planned_ensembles(bigint, text) is
  'The ensembles that the schedule works with for a symbol and horizon; see vw_ensemble_assignments.';
revoke execute on function internal.planned_ensembles(bigint, text) from public;
