-- Requests are answered by the ensemble that serves each symbol. A run of symbols that both serve has no configuration of its own: its jobs
-- carry theirs.

alter table public.runs drop constraint runs_of_an_ensemble_name_it;
alter table public.runs add constraint runs_of_an_ensemble_name_it check (
  kind in ('ingestion', 'rollout_evaluation') or num_nulls(ensemble, configuration, config_hash) = 0
  or (kind = 'forecast' and requested_via = 'http' and num_nulls(ensemble, configuration, config_hash) = 3)
) not valid;
comment on column public.runs.ensemble is
  'candidate or baseline; null for an ingestion or an evaluation, which know no one ensemble, and for a request of symbols that both serve.';
comment on column public.runs.configuration is
  'The ensemble''s configuration when the run was planned; a later change does not reach it. Null where ensemble is.';
comment on column public.runs.config_hash is 'Hash of that configuration; null where ensemble is.';

alter table public.jobs
  add column configuration jsonb,
  add column config_hash text,
  add constraint jobs_configuration_has_its_hash check ((configuration is null) = (config_hash is null)) not valid;
comment on column public.jobs.configuration is
  'The configuration of the job''s ensemble, where its run has none because the jobs are of both; else null, and the run''s counts.';
comment on column public.jobs.config_hash is 'Hash of that configuration.';

create or replace function public.claim_job(p_kinds text[], p_code_version text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  update public.jobs j
  set status = 'running', lease_token = gen_random_uuid(), attempts = j.attempts + 1,
    lease_until = now() + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
  where j.id = (
    select c.id from public.jobs c
    where c.kind = any (p_kinds) and c.attempts < c.max_attempts
      and ((c.status = 'queued' and c.run_after <= now()) or (c.status = 'running' and c.lease_until < now()))
    order by c.priority, c.id
    limit 1
    for update skip locked)
  returning j.* into v_job;
  if v_job.id is null then
    return null;
  end if;

  update public.runs r
  set status = 'running', started_at = coalesce(r.started_at, now()), code_version = p_code_version
  where r.id = v_job.run_id and (r.status = 'queued' or r.code_version is distinct from p_code_version);

  return (
    select jsonb_build_object(
      'id', v_job.id, 'run_id', v_job.run_id, 'kind', v_job.kind, 'payload', v_job.payload,
      'lease_token', v_job.lease_token, 'attempt', v_job.attempts,
      'configuration', coalesce(v_job.configuration, r.configuration), 'config_hash', coalesce(v_job.config_hash, r.config_hash),
      'on_member_failure', r.on_member_failure, 'checkpoint', c.checkpoint)
    from public.runs r
    left join public.job_checkpoints c on c.job_id = v_job.id
    where r.id = v_job.run_id);
end
$$;
comment on function public.claim_job(text[], text) is
  'Leases the next job of these kinds to the caller, with its checkpoint and what it was planned with; null when there is none. '
  'A lease that ran out is claimed again. Concurrent callers never get the same job.';

drop function public.forecast_state(text[], text);
drop function public.request_forecasts(text[], text, uuid);
drop function internal.require_forecast_request(text[], text);

create function internal.require_forecast_request(p_symbols text[], p_horizon text) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_unserved text;
  v_unknown text;
begin
  if internal.window_sizes(p_horizon) is null then
    perform internal.refuse(400, 'unsupported_horizon', format('horizon %s is not offered; offered: %s', p_horizon,
      (select string_agg(o.name, ', ' order by o.name) from jsonb_object_keys(internal.setting('window_sizes')) o(name))));
  end if;
  if internal.setting('publishing_enabled') <> 'true' then
    perform internal.refuse(409, 'publishing_disabled', 'the kill switch is on: no forecast is made or published');
  end if;
  select string_agg(distinct s.symbol, ', ') into v_unserved
  from public.symbols s
  where s.symbol = any (p_symbols) and (internal.serving_ensemble(s.id, p_horizon)).ensemble is null;
  if v_unserved is not null then
    perform internal.refuse(409, 'no_ensemble', format('no active ensemble is configured that serves %s', v_unserved));
  end if;
  select string_agg(a.symbol, ', ') into v_unknown
  from unnest(p_symbols) a(symbol)
  where not exists (select from public.symbols s where s.symbol = a.symbol);
  if v_unknown is not null then
    perform internal.refuse(404, 'unknown_symbol', format('not in the registry of symbols: %s', v_unknown));
  end if;
end
$$;
comment on function internal.require_forecast_request(text[], text) is
  'Why no forecast is made on request: unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol.';
revoke execute on function internal.require_forecast_request(text[], text) from public;

create function public.forecast_state(p_symbols text[], p_horizon text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_ensemble public.ensembles;
  v_state record;
  v_states jsonb := '[]';
begin
  perform internal.require_forecast_request(p_symbols, p_horizon);
  for v_state in
    select s.id as symbol_id, s.symbol, count(b.bar_time) as bars, max(b.bar_time) as cutoff,
      max(b.ingested_at) as stored_at
    from public.symbols s
    left join public.bars b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
    where s.symbol = any (p_symbols)
    group by s.id
    order by array_position(p_symbols, s.symbol)
  loop
    perform internal.require_bars(v_state.symbol, p_horizon, v_state.bars);
    v_ensemble := internal.serving_ensemble(v_state.symbol_id, p_horizon);
    v_states := v_states || jsonb_build_object(
      'symbol', v_state.symbol,
      'bars', v_state.bars,
      'forecast_id', (
        select f.id from public.forecasts f
        where f.symbol_id = v_state.symbol_id and f.horizon = p_horizon and f.ensemble = v_ensemble.ensemble
          and f.config_hash = v_ensemble.config_hash and f.data_cutoff = v_state.cutoff
          and f.issued_at >= v_state.stored_at),
      'artifact', (
        select jsonb_build_object('id', a.id, 'cutoff_bar', v_state.bars - 1 - newer.bars)
        from public.artifacts a
        cross join lateral (
          select count(*) as bars from public.bars n
          where n.symbol_id = a.symbol_id and n.timeframe = internal.timeframe_of(p_horizon)
            and n.bar_time > a.data_cutoff
        ) newer
        where a.symbol_id = v_state.symbol_id and a.horizon = p_horizon and a.ensemble = v_ensemble.ensemble
          and a.config_hash = v_ensemble.config_hash
          and newer.bars <= (internal.setting('artifact_max_age_bars') #>> '{}')::integer
          -- Restated bars make another series: what was fitted on the old one does not speak of it.
          and a.trained_at >= (
            select max(o.ingested_at) from public.bars o
            where o.symbol_id = a.symbol_id and o.timeframe = internal.timeframe_of(p_horizon)
              and o.bar_time <= a.data_cutoff)
          -- Weights that were learned before a window spoke against them are the preset's in the next fit.
          and (v_ensemble.configuration ->> 'weighting' is distinct from 'calibrated'
            or not internal.are_weights_refuted(a.symbol_id, a.horizon, a.config_hash, a.trained_at))
        order by a.data_cutoff desc limit 1));
  end loop;
  return v_states;
end
$$;
comment on function public.forecast_state(text[], text) is
  'What is there for a request, by symbol and of the ensemble that serves it: bars, the forecast from the latest bar, an artifact young enough '
  'to make one, with the ordinal of its last bar. Raises unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, too_few_bars, '
  'too_short_span, no_eight_hours_ahead.';
revoke execute on function public.forecast_state(text[], text) from public, anon, authenticated;
grant execute on function public.forecast_state(text[], text) to service_role;

create function public.request_forecasts(p_symbols text[], p_horizon text, p_requested_by uuid default null) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  v_subjects jsonb := '[]';
  v_subject record;
  v_ensemble text;
  v_hash text;
  v_cutoff timestamptz;
  v_params jsonb := jsonb_build_object('symbols', to_jsonb(p_symbols), 'horizon', p_horizon);
  v_key text;
  v_run_id uuid;
begin
  perform internal.require_forecast_request(p_symbols, p_horizon);
  for v_subject in
    select x.*, e.ensemble, e.config_hash
    from (
      select s.id, s.symbol, count(b.bar_time) as bars, max(b.bar_time) as cutoff, max(b.ingested_at) as stored_at
      from public.symbols s
      left join public.bars b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
      where s.symbol = any (p_symbols)
      group by s.id
    ) x
    cross join lateral internal.serving_ensemble(x.id, p_horizon) e
    order by x.symbol
  loop
    perform internal.require_bars(v_subject.symbol, p_horizon, v_subject.bars);
    v_subjects := v_subjects || to_jsonb(v_subject);
  end loop;
  -- The one ensemble of them all, or null.
  select case when count(distinct x.ensemble) = 1 then max(x.ensemble) end, case when count(distinct x.ensemble) = 1 then max(x.config_hash) end,
    case when count(*) = 1 then max(x.cutoff) end
  into v_ensemble, v_hash, v_cutoff
  from jsonb_to_recordset(v_subjects) as x(ensemble text, config_hash text, cutoff timestamptz);

  v_key := format('request:%s:%s:%s', p_horizon, coalesce(v_hash, 'both'), md5(v_subjects::text));
  if v_ensemble is not null then
    v_run_id := internal.create_run('forecast', v_ensemble, v_key, 'http', p_requested_by, v_cutoff, v_params);
  else
    insert into public.runs (kind, idempotency_key, requested_via, requested_by, params)
    values ('forecast', v_key, 'http', p_requested_by, v_params)
    on conflict (idempotency_key) where status <> 'failed' do nothing
    returning id into v_run_id;
  end if;
  if v_run_id is null then
    return (select r.id from public.runs r where r.idempotency_key = v_key and r.status <> 'failed');
  end if;
  for v_subject in
    select x.symbol, x.bars, x.ensemble from jsonb_to_recordset(v_subjects) as x(symbol text, bars bigint, ensemble text)
  loop
    perform internal.add_job(v_run_id, 'forecast', v_subject.symbol, jsonb_build_object(
      'symbol', v_subject.symbol, 'horizon', p_horizon, 'ensemble', v_subject.ensemble,
      'last_bar', v_subject.bars - 1, 'sizes', internal.window_sizes(p_horizon)), 5);
  end loop;
  if v_ensemble is null then
    update public.jobs j set configuration = e.configuration, config_hash = e.config_hash
    from public.ensembles e
    where j.run_id = v_run_id and e.ensemble = j.payload ->> 'ensemble';
  end if;
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return v_run_id;
end
$$;
comment on function public.request_forecasts(text[], text, uuid) is
  'Plans forecasts asked for over HTTP, each by the ensemble that serves its symbol, and returns the run''s id; the same question on the same '
  'bars is the same run. Raises unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, too_few_bars, too_short_span, '
  'no_eight_hours_ahead.';
revoke execute on function public.request_forecasts(text[], text, uuid) from public, anon, authenticated;
grant execute on function public.request_forecasts(text[], text, uuid) to service_role;
