-- Planning: what is due. Every function here can be called at any time and as often as one likes.

create function internal.window_sizes(p_horizon text) returns jsonb
language sql stable set search_path = ''
as $$
  select internal.setting('window_sizes') -> p_horizon
$$;
comment on function internal.window_sizes(text) is 'Sizes {train, validation, test, step} in bars; null when the horizon is not offered.';

create function internal.create_run(
  p_kind text, p_ensemble text, p_key text, p_via text, p_by uuid, p_cutoff timestamptz, p_params jsonb
) returns uuid
language plpgsql set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into public.runs (
    kind, ensemble, idempotency_key, requested_via, requested_by, data_cutoff, params, configuration, config_hash)
  select p_kind, p_ensemble, p_key, p_via, p_by, p_cutoff, p_params, e.configuration, e.config_hash
  from public.ensembles e where e.ensemble = p_ensemble
  on conflict (idempotency_key) where status <> 'failed' do nothing
  returning id into v_id;
  return v_id;
end
$$;
comment on function internal.create_run(text, text, text, text, uuid, timestamptz, jsonb) is
  'A new run with the ensemble''s configuration; null when one with this key is there and has not failed.';

create function internal.is_settled(p_key text) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from public.runs r
    where r.idempotency_key = p_key
      and (r.status <> 'failed' or r.jobs_total = 0 or r.finished_at > now() - interval '1 hour'))
$$;
comment on function internal.is_settled(text) is
  'Whether the schedule should leave a run alone: it is there, was refused for what its data is, or failed less than an hour ago.';

create function internal.add_job(p_run_id uuid, p_kind text, p_subject text, p_payload jsonb, p_priority integer) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
  values (p_run_id, p_kind, format('%s:%s:%s', p_run_id, p_kind, p_subject), p_payload, p_priority);
  update public.runs set jobs_total = jobs_total + 1 where id = p_run_id;
end
$$;
comment on function internal.add_job(uuid, text, text, jsonb, integer) is 'Adds a job to a run.';

create function internal.refuse_run(p_run_id uuid, p_code text, p_message text) returns void
language sql set search_path = ''
as $$
  update public.runs set status = 'failed', error_code = p_code, error_message = p_message, finished_at = now()
  where id = p_run_id
$$;
comment on function internal.refuse_run(uuid, text, text) is 'Ends a run before it began, with the reason.';

create function internal.plan_forecast(
  p_symbol public.symbols, p_horizon text, p_ensemble public.ensembles
) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_sizes jsonb := internal.window_sizes(p_horizon);
  v_needed integer := (v_sizes ->> 'train')::integer + (v_sizes ->> 'validation')::integer;
  v_bars integer;
  v_cutoff timestamptz;
  v_stored_at timestamptz;
  v_key text;
  v_run_id uuid;
begin
  select count(*), max(b.bar_time), max(b.ingested_at) into v_bars, v_cutoff, v_stored_at
  from public.bars b where b.symbol_id = p_symbol.id and b.timeframe = internal.timeframe_of(p_horizon);
  v_key := format('forecast:%s:%s:%s:%s:%s', p_symbol.symbol, p_horizon, p_ensemble.ensemble,
    extract(epoch from v_stored_at), p_ensemble.config_hash);
  if v_bars = 0
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
  if v_bars < v_needed then
    perform internal.refuse_run(v_run_id, 'too_few_bars', format(
      '%s has %s bars for %s; a forecast needs %s (train %s, validation %s)', p_symbol.symbol, v_bars, p_horizon,
      v_needed, v_sizes ->> 'train', v_sizes ->> 'validation'));
    return 0;
  end if;
  perform internal.add_job(v_run_id, 'forecast', p_symbol.symbol, jsonb_build_object(
    'symbol', p_symbol.symbol, 'horizon', p_horizon, 'ensemble', p_ensemble.ensemble, 'last_bar', v_bars - 1,
    'sizes', v_sizes), 10);
  return 1;
end
$$;
comment on function internal.plan_forecast(public.symbols, text, public.ensembles) is
  'Plans a forecast from the latest bar unless there is one, or a run for it; too few bars end the run at once with the reason.';

create function internal.valid_windows(p_symbol_id bigint, p_horizon text, p_config_hash text)
returns table (metrics_id bigint, window_id integer)
language sql stable set search_path = ''
as $$
  select m.id, m.window_id
  from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id
  where m.symbol_id = p_symbol_id and m.horizon = p_horizon and m.hyperparameters ->> 'config_hash' = p_config_hash
    and m.validation_date >= (
      select max(b.ingested_at) from public.bars b
      where b.symbol_id = p_symbol_id and b.timeframe = internal.timeframe_of(p_horizon)
        and b.bar_time between o.first_bar_time and o.last_bar_time)
    -- The ordinal must still mean the same bar: bars put in before it move it.
    and m.window_id = (
      select count(*) - 1 from public.bars b
      where b.symbol_id = p_symbol_id and b.timeframe = internal.timeframe_of(p_horizon) and b.bar_time <= o.last_bar_time)
$$;
comment on function internal.valid_windows(bigint, text, text) is
  'Windows validated with a configuration whose bars are still the ones that are stored.';

create function public.current_windows(p_symbol text, p_horizon text, p_windows integer default null) returns bigint[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_step integer := (internal.window_sizes(p_horizon) ->> 'step')::integer;
  v_count integer := coalesce(p_windows, (internal.setting('validation_windows') #>> '{}')::integer);
  v_symbol_id bigint;
  v_hash text;
  v_latest integer;
begin
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol;
  select e.config_hash into v_hash from public.ensembles e where e.ensemble = 'candidate';
  if p_windows is null then
    select max(w.window_id) into v_latest from internal.valid_windows(v_symbol_id, p_horizon, v_hash) w;
  else
    select count(*) - 1 into v_latest
    from public.bars b where b.symbol_id = v_symbol_id and b.timeframe = internal.timeframe_of(p_horizon);
  end if;
  return (
    select coalesce(array_agg(w.metrics_id order by w.window_id), '{}')
    from internal.valid_windows(v_symbol_id, p_horizon, v_hash) w
    where (v_latest - w.window_id) % v_step = 0 and (v_latest - w.window_id) / v_step between 0 and v_count - 1
      and w.window_id <= v_latest);
end
$$;
comment on function public.current_windows(text, text, integer) is
  'Ids of the candidate''s latest validated windows on the bars as they are stored now, oldest first: p_windows from the latest bar '
  'on, or (null) as many as setting validation_windows says from the latest validated one. Each a step before the next.';
grant execute on function public.current_windows(text, text, integer) to service_role;

create function internal.plan_validation(
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
    select v.window_id from internal.valid_windows(p_symbol.id, p_horizon, p_ensemble.config_hash) v)
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
    perform internal.add_job(v_run_id, 'validate_window', v_window::text, jsonb_build_object(
      'symbol', p_symbol.symbol, 'horizon', p_horizon, 'ensemble', p_ensemble.ensemble, 'window_id', v_window,
      'sizes', v_sizes), 100);
  end loop;
  return cardinality(v_windows);
end
$$;
comment on function internal.plan_validation(public.symbols, text, public.ensembles, integer) is
  'Plans the latest p_windows windows (default: setting validation_windows) that are not yet validated; too few bars end the run at '
  'once, saying how many are needed.';

create function public.plan_work(p_windows integer default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_ensemble public.ensembles;
  v_horizon text;
  v_forecasts integer := 0;
  v_windows integer := 0;
  v_interval interval;
begin
  if internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('forecasts', 0, 'windows', 0, 'reason', 'publishing_enabled is false');
  end if;
  -- Two ticks at once would both see the same work as missing.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  v_interval := make_interval(secs => 86400 * (internal.setting('validation_interval_days') #>> '{}')::double precision);

  for v_symbol in select s.* from public.symbols s where s.active order by s.id loop
    foreach v_horizon in array v_symbol.horizons loop
      continue when internal.window_sizes(v_horizon) is null;
      for v_ensemble in select e.* from public.ensembles e where e.active order by e.ensemble loop
        v_forecasts := v_forecasts + internal.plan_forecast(v_symbol, v_horizon, v_ensemble);
        -- On schedule a symbol is validated once an interval, and when nothing that was validated holds any more; asked for
        -- by number, at once.
        if p_windows is not null
          or not exists (select from internal.valid_windows(v_symbol.id, v_horizon, v_ensemble.config_hash))
          or not exists (
          select from public.runs r
          where r.kind = 'validation' and r.status <> 'failed'
            and r.ensemble = v_ensemble.ensemble and r.config_hash = v_ensemble.config_hash
            and r.params @> jsonb_build_object('symbols', jsonb_build_array(v_symbol.symbol), 'horizon', v_horizon)
            and r.created_at > now() - v_interval) then
          v_windows := v_windows + internal.plan_validation(v_symbol, v_horizon, v_ensemble, p_windows);
        end if;
      end loop;
    end loop;
  end loop;
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return jsonb_build_object('forecasts', v_forecasts, 'windows', v_windows);
end
$$;
comment on function public.plan_work(integer) is
  'Plans what is due for every active symbol: a forecast from new bars, and walk-forward windows once an interval (with p_windows: '
  'that many, now). Asks for workers. Cron calls it; calling it again plans nothing twice.';
grant execute on function public.plan_work(integer) to service_role;
