-- Forecasts asked for by hand: what is there already, and a run for what is not.

create function internal.require_forecast_request(p_symbols text[], p_horizon text) returns public.ensembles
language plpgsql stable set search_path = ''
as $$
declare
  v_ensemble public.ensembles;
  v_unknown text;
begin
  if internal.window_sizes(p_horizon) is null then
    perform internal.refuse(400, 'unsupported_horizon', format('horizon %s is not offered; offered: %s', p_horizon,
      (select string_agg(o.name, ', ' order by o.name) from jsonb_object_keys(internal.setting('window_sizes')) o(name))));
  end if;
  if internal.setting('publishing_enabled') <> 'true' then
    perform internal.refuse(409, 'publishing_disabled', 'the kill switch is on: no forecast is made or published');
  end if;
  select e.* into v_ensemble from public.ensembles e where e.ensemble = 'candidate' and e.active;
  if v_ensemble.ensemble is null then
    perform internal.refuse(409, 'no_ensemble', 'no active ensemble is configured');
  end if;
  select string_agg(a.symbol, ', ') into v_unknown
  from unnest(p_symbols) a(symbol)
  where not exists (select from public.symbols s where s.symbol = a.symbol);
  if v_unknown is not null then
    perform internal.refuse(404, 'unknown_symbol', format('not in the registry of symbols: %s', v_unknown));
  end if;
  return v_ensemble;
end
$$;
comment on function internal.require_forecast_request(text[], text) is
  'The ensemble that answers, or why none does: unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol.';

create function internal.require_bars(p_symbol text, p_horizon text, p_bars bigint) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_sizes jsonb := internal.window_sizes(p_horizon);
  v_needed integer := (v_sizes ->> 'train')::integer + (v_sizes ->> 'validation')::integer;
begin
  if p_bars < v_needed then
    perform internal.refuse(422, 'too_few_bars', format(
      '%s has %s bars for %s; a forecast needs %s (train %s, validation %s)', p_symbol, p_bars, p_horizon, v_needed,
      v_sizes ->> 'train', v_sizes ->> 'validation'));
  end if;
end
$$;
comment on function internal.require_bars(text, text, bigint) is 'Raises too_few_bars, with what is there and what is needed.';

create function public.forecast_state(p_symbols text[], p_horizon text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_ensemble public.ensembles := internal.require_forecast_request(p_symbols, p_horizon);
  v_state record;
  v_states jsonb := '[]';
begin
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
        order by a.data_cutoff desc limit 1));
  end loop;
  return v_states;
end
$$;
comment on function public.forecast_state(text[], text) is
  'What is there for a request, by symbol: bars, the forecast from the latest bar, an artifact young enough to make one, with the ordinal '
  'of its last bar. Raises unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, too_few_bars.';
grant execute on function public.forecast_state(text[], text) to service_role;

create function public.request_forecasts(p_symbols text[], p_horizon text, p_requested_by uuid default null) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  v_ensemble public.ensembles := internal.require_forecast_request(p_symbols, p_horizon);
  v_subjects jsonb := '[]';
  v_subject record;
  v_key text;
  v_run_id uuid;
begin
  for v_subject in
    select s.symbol, count(b.bar_time) as bars, max(b.bar_time) as cutoff, max(b.ingested_at) as stored_at
    from public.symbols s
    left join public.bars b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
    where s.symbol = any (p_symbols)
    group by s.symbol
    order by s.symbol
  loop
    perform internal.require_bars(v_subject.symbol, p_horizon, v_subject.bars);
    v_subjects := v_subjects || to_jsonb(v_subject);
  end loop;

  v_key := format('request:%s:%s:%s', p_horizon, v_ensemble.config_hash, md5(v_subjects::text));
  v_run_id := internal.create_run('forecast', v_ensemble.ensemble, v_key, 'http', p_requested_by,
    case when cardinality(p_symbols) = 1 then v_subject.cutoff end,
    jsonb_build_object('symbols', to_jsonb(p_symbols), 'horizon', p_horizon));
  if v_run_id is null then
    return (select r.id from public.runs r where r.idempotency_key = v_key and r.status <> 'failed');
  end if;
  for v_subject in
    select x.symbol, x.bars from jsonb_to_recordset(v_subjects) as x(symbol text, bars bigint)
  loop
    perform internal.add_job(v_run_id, 'forecast', v_subject.symbol, jsonb_build_object(
      'symbol', v_subject.symbol, 'horizon', p_horizon, 'ensemble', v_ensemble.ensemble,
      'last_bar', v_subject.bars - 1, 'sizes', internal.window_sizes(p_horizon)), 5);
  end loop;
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return v_run_id;
end
$$;
comment on function public.request_forecasts(text[], text, uuid) is
  'Plans forecasts asked for over HTTP and returns the run''s id; the same question on the same bars is the same run. Raises '
  'unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, too_few_bars.';
grant execute on function public.request_forecasts(text[], text, uuid) to service_role;
