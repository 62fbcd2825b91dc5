-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- series/tables/bar_series.sql
-- What planning and requests ask of a series. It stands beside the bars, because counting them takes a scan for each question.
create table public.bar_series (
  symbol_id bigint not null references public.symbols (id),
  timeframe text not null,
  bars integer not null,
  first_bar_time timestamptz not null,
  last_bar_time timestamptz not null,
  stored_at timestamptz not null,
  provider text not null,
  feed text not null,
  adjustment text not null,
  primary key (symbol_id, timeframe),
  constraint bar_series_has_bars check (bars > 0 and first_bar_time <= last_bar_time)
);
comment on table public.bar_series is
  'The series that have bars: one row per symbol and timeframe, kept by a trigger of bars.';
comment on column public.bar_series.symbol_id is 'The symbol.';
comment on column public.bar_series.timeframe is '1D, 4h or 8h, as in bars.';
comment on column public.bar_series.bars is 'How many bars are stored.';
comment on column public.bar_series.first_bar_time is 'bar_time of the first, UTC.';
comment on column public.bar_series.last_bar_time is 'bar_time of the last, UTC.';
comment on column public.bar_series.stored_at is 'The latest ingested_at of any of them, UTC: restated bars and new ones move it.';
comment on column public.bar_series.provider is 'Where they came from.';
comment on column public.bar_series.feed is 'The provider''s feed.';
comment on column public.bar_series.adjustment is 'What their prices are adjusted for.';

alter table public.bar_series enable row level security;
create policy bar_series_are_read_by_users on public.bar_series for select to authenticated using (true);
revoke all on public.bar_series from anon, authenticated, service_role;
grant select on public.bar_series to authenticated, service_role;

-- series/triggers/note_bars.sql
create or replace function internal.note_bars() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_new record;
begin
  for v_new in
    select c.symbol_id, c.timeframe, count(*) as bars, min(c.bar_time) as first, max(c.bar_time) as last, max(c.ingested_at) as stored_at,
      max(c.provider) as provider, max(c.feed) as feed, max(c.adjustment) as adjustment
    from changed c
    group by c.symbol_id, c.timeframe
    order by c.symbol_id, c.timeframe
  loop
    -- Writers of one series take turns: each counts what the one before it stored.
    perform from public.symbols s where s.id = v_new.symbol_id for no key update;
    -- Bars that are added at the end, as nearly all are, need no count of the others.
    update public.bar_series s set
      bars = s.bars + v_new.bars, last_bar_time = v_new.last, stored_at = greatest(s.stored_at, v_new.stored_at),
      provider = greatest(s.provider, v_new.provider), feed = greatest(s.feed, v_new.feed),
      adjustment = greatest(s.adjustment, v_new.adjustment)
    where s.symbol_id = v_new.symbol_id and s.timeframe = v_new.timeframe and s.last_bar_time < v_new.first and tg_op = 'INSERT';
    if not found then
      delete from public.bar_series s where s.symbol_id = v_new.symbol_id and s.timeframe = v_new.timeframe;
      insert into public.bar_series (
        symbol_id, timeframe, bars, first_bar_time, last_bar_time, stored_at, provider, feed, adjustment)
      select b.symbol_id, b.timeframe, count(*), min(b.bar_time), max(b.bar_time), max(b.ingested_at), max(b.provider), max(b.feed),
        max(b.adjustment)
      from public.bars b
      where b.symbol_id = v_new.symbol_id and b.timeframe = v_new.timeframe
      group by b.symbol_id, b.timeframe;
    end if;
    -- A window depends on no bar after its last: bars that are added at the end find none.
    perform internal.note_window_validity(array(
      select v.metrics_id from public.window_validity v
      where v.symbol_id = v_new.symbol_id and v.timeframe = v_new.timeframe and v.last_bar_time >= v_new.first));
  end loop;
  return null;
end
$$;
comment on function internal.note_bars() is
  'Trigger: keeps bar_series, and whether the windows over bars that changed still stand.';
revoke execute on function internal.note_bars() from public;

create trigger bars_note_inserts after insert on public.bars
referencing new table as changed for each statement execute function internal.note_bars();
create trigger bars_note_updates after update on public.bars
referencing new table as changed for each statement execute function internal.note_bars();
create trigger bars_note_deletions after delete on public.bars
referencing old table as changed for each statement execute function internal.note_bars();

-- queue/functions/add_job.sql
create or replace function internal.add_job(p_run_id uuid, p_kind text, p_subject text, p_payload jsonb, p_priority integer default null) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
  select p_run_id, p_kind, internal.job_key(p_run_id, p_kind, p_subject), p_payload, coalesce(p_priority, k.priority)
  from (values (p_kind)) v(kind) left join public.job_kinds k on k.kind = v.kind;
  update public.runs set jobs_total = jobs_total + 1 where id = p_run_id;
end
$$;
comment on function internal.add_job(uuid, text, text, jsonb, integer) is 'Adds a job to a run; without p_priority with that of its kind.';
revoke execute on function internal.add_job(uuid, text, text, jsonb, integer) from public;

-- queue/functions/job_key.sql
create or replace function internal.job_key(p_run_id uuid, p_kind text, p_subject text) returns text
language sql immutable set search_path = ''
as $$
  select concat(p_run_id, ':', p_kind, ':', p_subject)
$$;
comment on function internal.job_key(uuid, text, text) is 'The idempotency key of a job: once a run, kind and subject.';
revoke execute on function internal.job_key(uuid, text, text) from public;

-- queue/functions/settled_runs.sql
create or replace function internal.settled_runs(p_keys text[]) returns setof text
language sql stable set search_path = ''
as $$
  select r.idempotency_key
  from public.runs r
  where r.idempotency_key = any (p_keys) and r.status <> 'failed'
  union
  select r.idempotency_key
  from public.runs r
  where r.idempotency_key = any (p_keys) and r.status = 'failed'
    and (r.jobs_total = 0 or r.finished_at > now() - interval '1 hour')
$$;
comment on function internal.settled_runs(text[]) is
  'Of these keys those whose run the schedule should leave alone: it is there, was refused for what its data is, or failed less than an hour ago.';
revoke execute on function internal.settled_runs(text[]) from public;

-- ingestion/functions/ingestion_state.sql
create or replace function public.ingestion_state(p_symbol text, p_timeframe text, p_overlap integer) returns jsonb
language sql stable security definer set search_path = ''
as $$
  with series as (
    select b.* from public.bar_series b join public.symbols s on s.id = b.symbol_id
    where s.symbol = p_symbol and b.timeframe = p_timeframe
  ), formatted as (
    select to_char(x.bar_time at time zone 'UTC',
      case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI:SS"Z"' end) as bar_time
    from public.bars x join public.symbols s on s.id = x.symbol_id
    where s.symbol = p_symbol and x.timeframe = p_timeframe
    order by x.bar_time desc limit p_overlap
  )
  select jsonb_build_object(
    'stored', coalesce((select x.bars from series x), 0),
    'source', (select jsonb_build_object('provider', x.provider, 'feed', x.feed, 'adjustment', x.adjustment) from series x),
    'first', (select to_char(x.first_bar_time at time zone 'UTC', 'YYYY-MM-DD') from series x),
    'overlap', (select coalesce(jsonb_agg(f.bar_time order by f.bar_time), '[]') from formatted f),
    'largest_move', internal.largest_move(p_symbol))
$$;
comment on function public.ingestion_state(text, text, integer) is
  'What an ingestion goes on from: how many bars are stored and from where, the date of the first, the times of the last p_overlap, '
  'and the largest move that is believed of the symbol.';
revoke execute on function public.ingestion_state(text, text, integer) from public, anon, authenticated;
grant execute on function public.ingestion_state(text, text, integer) to service_role;

-- ingestion/functions/plan_ingestion.sql
create or replace function public.plan_ingestion(p_key text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_setting jsonb := internal.setting('market_data');
  v_provider text := v_setting ->> 'provider';
  v_source jsonb := jsonb_build_object(
    'provider', v_provider, 'feed', coalesce(v_setting ->> 'feed', 'eod'), 'adjustment', v_setting ->> 'adjustment');
  v_key text := 'ingestion:' || p_key;
  v_left_out jsonb;
  v_planned integer;
  v_run_id uuid;
begin
  if coalesce(p_key, '') = '' then
    perform internal.refuse(400, 'missing_key', 'An ingestion is planned under a key, such as its date and slot');
  end if;
  if v_provider = 'csv' then
    return jsonb_build_object('planned', 0, 'run_id', null, 'left_out', '[]'::jsonb,
      'reason', 'market_data is csv: bars are uploaded, and there is nobody to ask for them');
  end if;
  -- Two ticks at once would both see nothing planned.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_ingestion'));
  if exists (select from internal.settled_runs(array[v_key])) then
    return jsonb_build_object('planned', 0, 'run_id', null, 'left_out', '[]'::jsonb,
      'reason', format('there is a run with the key %s already', v_key));
  end if;

  create temporary table wanted on commit drop as
  select s.id, s.symbol, t.timeframe,
    case
      when t.timeframe = '4h' and v_provider = 'tiingo' then 'tiingo has daily bars only'
      when exists (
        select from public.bar_series b where b.symbol_id = s.id and b.timeframe = t.timeframe and b.provider = 'csv')
        then 'its bars were uploaded (csv), and sources are never mixed'
    end as left_out
  from public.symbols s
  cross join lateral (
    select distinct case when h.horizon = '8h' then '4h' else h.horizon end as timeframe from unnest(s.horizons) h(horizon)
  ) t
  where s.active;
  select coalesce(jsonb_agg(
      jsonb_build_object('symbol', w.symbol, 'timeframe', w.timeframe, 'reason', w.left_out) order by w.id, w.timeframe)
      filter (where w.left_out is not null), '[]'),
    count(*) filter (where w.left_out is null)
  into v_left_out, v_planned
  from pg_temp.wanted w;

  if v_planned > 0 then
    insert into public.runs (kind, idempotency_key, requested_via, params, jobs_total)
    values ('ingestion', v_key, 'schedule', jsonb_build_object('market_data', v_setting), v_planned)
    returning id into v_run_id;
    -- More attempts than other jobs have: with their backoff they outlast a provider's bad ten minutes.
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority, max_attempts)
    select v_run_id, 'ingest', format('%s:ingest:%s:%s', v_run_id, w.symbol, w.timeframe),
      jsonb_build_object('symbol', w.symbol, 'timeframe', w.timeframe, 'source', v_source,
        'first_date', v_setting ->> 'first_date'), 20, 8
    from pg_temp.wanted w where w.left_out is null order by w.id, w.timeframe;
  end if;
  drop table pg_temp.wanted;
  return jsonb_build_object('planned', v_planned, 'run_id', v_run_id, 'left_out', v_left_out,
    'reason', case when v_planned = 0 then format('no active symbol takes its bars from %s', v_provider) end);
end
$$;
comment on function public.plan_ingestion(text) is
  'Plans one run that fetches the bars of every active symbol from the setting''s provider (market_data), a job a symbol and timeframe: '
  '{planned, reason, run_id, left_out}. Once a key; with csv nothing, and symbols whose bars were uploaded are left out. Dispatch '
  'asks for the workers. Raises missing_key.';
revoke execute on function public.plan_ingestion(text) from public, anon, authenticated;
grant execute on function public.plan_ingestion(text) to service_role;

-- forecasts/functions/forecast_shortages.sql
-- Too little to forecast from, whatever the sizes of the windows: they are settings, and may be small.
create or replace function internal.forecast_shortages(p_symbol_ids bigint[], p_horizon text)
returns table (symbol_id bigint, code text, message text)
language sql stable set search_path = ''
as $$
  select
    b.id,
    case when least(b.bars, b.fitted) < b.needed then 'too_few_bars' else 'too_short_span' end,
    case
      when b.bars < b.fitted then format('%s has %s bars for %s; a forecast needs %s (train %s, validation %s)',
        b.symbol, b.bars, p_horizon, b.needed, b.sizes ->> 'train', b.sizes ->> 'validation')
      when b.bars < b.needed then format('%s has %s bars for %s; a forecast needs %s at least', b.symbol, b.bars, p_horizon, b.needed)
      when b.fitted < b.needed then format(
        '%s %s would be fitted on %s bars (train %s, validation %s); a forecast needs %s at least: raise the setting window_sizes',
        b.symbol, p_horizon, b.fitted, b.sizes ->> 'train', b.sizes ->> 'validation', b.needed)
      else format('The %s bars of %s for %s span %s days; a forecast needs %s at least', b.bars, b.symbol, p_horizon, b.days, 30)
    end
  from (
    select s.id, s.symbol, z.sizes, z.fitted, greatest(z.fitted, 100) as needed, coalesce(x.bars, 0) as bars,
      (x.last_bar_time at time zone 'UTC')::date - (x.first_bar_time at time zone 'UTC')::date as days
    from public.symbols s
    cross join lateral (
      select w.sizes, (w.sizes ->> 'train')::integer + (w.sizes ->> 'validation')::integer as fitted
      from (select internal.window_sizes(p_horizon) as sizes) w
    ) z
    left join public.bar_series x on x.symbol_id = s.id and x.timeframe = internal.timeframe_of(p_horizon)
    where s.id = any (p_symbol_ids)
  ) b
  where least(b.bars, b.fitted) < b.needed or b.days < 30
$$;
comment on function internal.forecast_shortages(bigint[], text) is
  'Of these symbols those whose bars are too little for a forecast, and why, with what is there and what is needed: too_few_bars (fewer than train and '
  'validation take, or than 100) or too_short_span (fewer than 30 days from the first to the last). '
  'Twin: requireForecastHistory (src/shared/series/require-forecast-history.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.forecast_shortages(bigint[], text) from public;

-- forecasts/functions/forecast_state.sql
create or replace function public.forecast_state(p_symbols text[], p_horizon text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_ensemble public.ensembles;
  v_is_calibrated boolean;
  v_state record;
  v_states jsonb := '[]';
begin
  perform internal.require_forecast_request(p_symbols, p_horizon);
  for v_state in
    select s.id as symbol_id, s.symbol, coalesce(b.bars, 0) as bars, b.last_bar_time as cutoff, b.stored_at
    from public.symbols s
    left join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
    where s.symbol = any (p_symbols)
    order by array_position(p_symbols, s.symbol)
  loop
    perform internal.require_bars(v_state.symbol, p_horizon, v_state.bars);
    v_ensemble := internal.serving_ensemble(v_state.symbol_id, p_horizon);
    select c.configuration ->> 'weighting' is not distinct from 'calibrated' into v_is_calibrated
    from public.configurations c where c.config_hash = v_ensemble.config_hash;
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
          and (not v_is_calibrated
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

-- forecasts/functions/request_forecasts.sql
create or replace function public.request_forecasts(p_symbols text[], p_horizon text, p_requested_by uuid default null) returns uuid
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
      select s.id, s.symbol, coalesce(b.bars, 0) as bars, b.last_bar_time as cutoff, b.stored_at
      from public.symbols s
      left join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
      where s.symbol = any (p_symbols)
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
    perform internal.add_job(v_run_id, 'forecast', v_subject.symbol,
      internal.horizon_payload(p_horizon)
        || jsonb_build_object('symbol', v_subject.symbol, 'ensemble', v_subject.ensemble, 'last_bar', v_subject.bars - 1), 5);
  end loop;
  if v_ensemble is null then
    update public.jobs j set config_hash = e.config_hash
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

-- forecasts/functions/require_bars.sql
create or replace function internal.require_bars(p_symbol text, p_horizon text, p_bars bigint) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_shortage record;
  v_cutoff timestamptz;
begin
  select x.code, x.message into v_shortage
  from internal.forecast_shortages(array(select s.id from public.symbols s where s.symbol = p_symbol), p_horizon) x;
  if found then
    perform internal.refuse(422, v_shortage.code, v_shortage.message);
  end if;
  select b.last_bar_time into v_cutoff
  from public.bar_series b join public.symbols s on s.id = b.symbol_id
  where s.symbol = p_symbol and b.timeframe = internal.timeframe_of(p_horizon);
  if internal.not_issued_from(p_horizon, v_cutoff) then
    perform internal.refuse(422, 'no_eight_hours_ahead', format(
      'No %s forecast of %s is issued from the close of %s, a half day: two half sessions later the next session closes, which is 1D',
      p_horizon, p_symbol, (v_cutoff at time zone 'America/New_York')::date));
  end if;
end
$$;
comment on function internal.require_bars(text, text, bigint) is
  'Raises too_few_bars or too_short_span, with what is there and what is needed; no_eight_hours_ahead where the horizon does not begin.';
revoke execute on function internal.require_bars(text, text, bigint) from public;

-- validation/tables/window_validity.sql
-- Whether a window still stands changes when bars change, which is seldom, and is asked for each forecast and at every tick: it is stored.
create table public.window_validity (
  metrics_id bigint primary key references public.overfitting_tests (metrics_id) on delete cascade,
  symbol_id bigint not null,
  horizon text not null,
  timeframe text not null,
  config_hash text not null,
  window_id integer not null,
  last_bar_time timestamptz not null,
  is_valid boolean not null
);
comment on table public.window_validity is
  'Which validated windows still stand: one row per row of overfitting_tests, kept by triggers of it, of ensemble_validation_metrics and of bars.';
comment on column public.window_validity.metrics_id is 'The window''s row of ensemble_validation_metrics and of overfitting_tests.';
comment on column public.window_validity.symbol_id is 'The symbol.';
comment on column public.window_validity.horizon is 'Horizon.';
comment on column public.window_validity.timeframe is 'Timeframe of the window''s bars.';
comment on column public.window_validity.config_hash is 'Hash of the configuration that was validated.';
comment on column public.window_validity.window_id is 'Ordinal of the window''s last test bar in its series.';
comment on column public.window_validity.last_bar_time is 'bar_time of that bar when it was validated, UTC.';
comment on column public.window_validity.is_valid is
  'Whether the window''s bars are the ones that are stored now: none changed since, and the ordinal still means the same bar.';

create index window_validity_valid on public.window_validity (symbol_id, horizon, config_hash, window_id desc) where is_valid;
create index window_validity_by_end on public.window_validity (symbol_id, timeframe, last_bar_time);

alter table public.window_validity enable row level security;
create policy window_validity_is_read_by_users on public.window_validity for select to authenticated using (true);
revoke all on public.window_validity from anon, authenticated, service_role;
grant select on public.window_validity to authenticated, service_role;

-- validation/functions/note_window_validity.sql
create or replace function internal.note_window_validity(p_metrics_ids bigint[]) returns void
language sql set search_path = ''
as $$
  insert into public.window_validity (
    metrics_id, symbol_id, horizon, timeframe, config_hash, window_id, last_bar_time, is_valid)
  select w.id, w.symbol_id, w.horizon, w.timeframe, w.config_hash, w.window_id, w.last_bar_time,
    case
      when not exists (
        select from public.bars b
        where b.symbol_id = w.symbol_id and b.timeframe = w.timeframe and b.bar_time between w.first_bar_time and w.last_bar_time)
        then false
      -- By the clock that stamps the bars, and not by validation_date, which is the worker's.
      when exists (
        select from public.bars b
        where b.symbol_id = w.symbol_id and b.timeframe = w.timeframe and b.bar_time between w.first_bar_time and w.last_bar_time
          and b.ingested_at > w.updated_at)
        then false
      -- The ordinal must still mean the same bar: bars put in before it move it.
      else w.window_id = (
        select count(*) - 1 from public.bars b
        where b.symbol_id = w.symbol_id and b.timeframe = w.timeframe and b.bar_time <= w.last_bar_time)
    end
  from (
    select m.id, m.symbol_id, m.horizon, internal.timeframe_of(m.horizon) as timeframe, m.hyperparameters ->> 'config_hash' as config_hash,
      m.window_id, m.updated_at, o.first_bar_time, o.last_bar_time
    from public.ensemble_validation_metrics m
    join public.overfitting_tests o on o.metrics_id = m.id
    where m.id = any (p_metrics_ids)
  ) w
  on conflict (metrics_id) do update set
    symbol_id = excluded.symbol_id, horizon = excluded.horizon, timeframe = excluded.timeframe, config_hash = excluded.config_hash,
    window_id = excluded.window_id, last_bar_time = excluded.last_bar_time, is_valid = excluded.is_valid
$$;
comment on function internal.note_window_validity(bigint[]) is
  'Works out anew whether windows, by their metrics_id, still stand: the one place of that rule.';
revoke execute on function internal.note_window_validity(bigint[]) from public;

-- validation/triggers/note_windows.sql
create or replace function internal.note_windows() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_ids bigint[];
begin
  select array_agg((to_jsonb(c) ->> tg_argv[0])::bigint) into v_ids from changed c;
  if v_ids is null then
    return null;
  end if;
  -- Whoever stores bars of these symbols at this moment comes before or after, and not between.
  perform from public.symbols s
  where s.id in (select m.symbol_id from public.ensemble_validation_metrics m where m.id = any (v_ids))
  order by s.id
  for share;
  perform internal.note_window_validity(v_ids);
  return null;
end
$$;
comment on function internal.note_windows() is 'Trigger (column with the id of the window''s metrics): keeps whether windows still stand when they are stored.';
revoke execute on function internal.note_windows() from public;

create trigger ensemble_validation_metrics_note_updates after update on public.ensemble_validation_metrics
referencing new table as changed for each statement execute function internal.note_windows('id');
create trigger overfitting_tests_note_inserts after insert on public.overfitting_tests
referencing new table as changed for each statement execute function internal.note_windows('metrics_id');
create trigger overfitting_tests_note_updates after update on public.overfitting_tests
referencing new table as changed for each statement execute function internal.note_windows('metrics_id');

-- validation/views/vw_valid_windows.sql
create or replace view public.vw_valid_windows with (security_invoker = true) as
select v.metrics_id, v.symbol_id, v.horizon, v.config_hash, v.window_id
from public.window_validity v
where v.is_valid;
comment on view public.vw_valid_windows is
  'The validated windows that still stand: their bars are the ones that are stored now. Ask for one symbol, horizon and configuration.';
comment on column public.vw_valid_windows.metrics_id is 'The window''s row of ensemble_validation_metrics and of overfitting_tests.';
comment on column public.vw_valid_windows.symbol_id is 'The symbol.';
comment on column public.vw_valid_windows.horizon is 'Horizon.';
comment on column public.vw_valid_windows.config_hash is 'Hash of the configuration that was validated.';
comment on column public.vw_valid_windows.window_id is 'Ordinal of the window''s last test bar in its series.';

revoke all on public.vw_valid_windows from anon, authenticated, service_role;
grant select on public.vw_valid_windows to authenticated, service_role;

-- planning/tables/planning_rounds.sql
-- Planning goes through the symbols in order, as far as its time allows; the next call goes on from there.
create table public.planning_rounds (
  task text primary key,
  after_symbol_id bigint not null,
  planned integer not null,
  began_at timestamptz not null default now()
);
comment on table public.planning_rounds is 'Rounds of planning that are not through all symbols yet; a round that ends is deleted.';
comment on column public.planning_rounds.task is
  'What is planned: forecasts, validations (with the number of windows, where one was asked for), or that of a slot, with its date and time.';
comment on column public.planning_rounds.after_symbol_id is 'The last symbol that was planned: the next call goes on with the one after it.';
comment on column public.planning_rounds.planned is 'How much the round has planned so far.';
comment on column public.planning_rounds.began_at is 'When it began, UTC.';

alter table public.planning_rounds enable row level security;
create policy planning_rounds_are_read_by_users on public.planning_rounds for select to authenticated using (true);
revoke all on public.planning_rounds from anon, authenticated, service_role;
grant select on public.planning_rounds to authenticated, service_role;

-- planning/functions/add_planned_runs.sql
create or replace function internal.add_planned_runs(p_kind text, p_job_kind text, p_runs jsonb) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_jobs integer;
begin
  with planned as materialized (
    select p.*, e.config_hash
    from rows from (jsonb_to_recordset(p_runs) as (
      key text, ensemble text, cutoff timestamptz, params jsonb, jobs jsonb, code text, message text)) with ordinality p(
      key, ensemble, cutoff, params, jobs, code, message, place)
    join public.ensembles e on e.ensemble = p.ensemble
  ), runs as (
    insert into public.runs (
      kind, ensemble, idempotency_key, requested_via, data_cutoff, params, config_hash, jobs_total, status, error_code,
      error_message, finished_at)
    select p_kind, p.ensemble, p.key, 'schedule', p.cutoff, p.params, p.config_hash,
      case when p.code is null then jsonb_array_length(p.jobs) else 0 end, case when p.code is null then 'queued' else 'failed' end, p.code,
      p.message, case when p.code is not null then now() end
    from planned p
    order by p.place
    on conflict (idempotency_key) where status <> 'failed' do nothing
    returning id, idempotency_key
  )
  insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
  select r.id, k.kind, internal.job_key(r.id, k.kind, j.value ->> 'subject'), j.value -> 'payload', k.priority
  from planned p
  join runs r on r.idempotency_key = p.key
  cross join jsonb_array_elements(p.jobs) with ordinality j(value, place)
  join public.job_kinds k on k.kind = p_job_kind
  where p.code is null
  order by p.place, j.place;
  get diagnostics v_jobs = row_count;
  return v_jobs;
end
$$;
comment on function internal.add_planned_runs(text, text, jsonb) is
  'Adds runs of the schedule with their jobs: [{key, ensemble, cutoff, params, jobs: [{subject, payload}], code, message}]. One with a code is '
  'refused: it ends at once with code and message, without jobs. A run whose key is there and has not failed is left out. Returns how many '
  'jobs.';
revoke execute on function internal.add_planned_runs(text, text, jsonb) from public;

-- planning/functions/plan_divergence_checks.sql
create or replace function internal.plan_divergence_checks(p_symbol_ids bigint[], p_date date) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_horizon text;
  v_payload jsonb;
  v_runs jsonb;
  v_planned integer := 0;
begin
  for v_horizon in select h.name from jsonb_object_keys(internal.setting('window_sizes')) h(name) order by h.name loop
    v_payload := internal.horizon_payload(v_horizon);
    select jsonb_agg(jsonb_build_object(
      'key', format('divergence_check:%s:%s:%s:%s:%s', a.symbol, v_horizon, e.ensemble, e.config_hash, p_date), 'ensemble', e.ensemble,
      'params', jsonb_build_object('symbols', jsonb_build_array(a.symbol), 'horizon', v_horizon),
      'jobs', jsonb_build_array(jsonb_build_object('subject', a.symbol,
        'payload', v_payload || jsonb_build_object('symbol', a.symbol, 'ensemble', e.ensemble))))
      order by a.symbol_id, e.ensemble) into v_runs
    from public.vw_ensemble_assignments a
    join public.ensembles e on e.ensemble = a.ensemble
    where a.symbol_id = any (p_symbol_ids) and a.horizon = v_horizon and a.is_listed and a.is_planned
      and exists (
        select from public.vw_valid_windows w
        where w.symbol_id = a.symbol_id and w.horizon = v_horizon and w.config_hash = e.config_hash);
    v_planned := v_planned + internal.add_planned_runs('divergence_check', 'check_divergence', coalesce(v_runs, '[]'));
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_divergence_checks(bigint[], date) is
  'Plans for these symbols a divergence check, once a date, of every horizon and ensemble with validated windows; returns how many.';
revoke execute on function internal.plan_divergence_checks(bigint[], date) from public;

-- planning/functions/plan_forecasts.sql
create or replace function internal.plan_forecasts(p_symbol_ids bigint[]) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_horizon text;
  v_timeframe text;
  v_payload jsonb;
  v_runs jsonb;
  v_planned integer := 0;
begin
  for v_horizon in select h.name from jsonb_object_keys(internal.setting('window_sizes')) h(name) order by h.name loop
    v_timeframe := internal.timeframe_of(v_horizon);
    v_payload := internal.horizon_payload(v_horizon);
    with missing as materialized (
      select a.symbol_id, a.symbol, e.ensemble, b.bars, b.last_bar_time,
        format('forecast:%s:%s:%s:%s:%s', a.symbol, v_horizon, e.ensemble, extract(epoch from b.stored_at), e.config_hash) as key
      from public.vw_ensemble_assignments a
      join public.ensembles e on e.ensemble = a.ensemble
      join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = v_timeframe
      where a.symbol_id = any (p_symbol_ids) and a.horizon = v_horizon and a.is_listed and a.is_planned
        and not exists (
          select from public.forecasts f
          where f.symbol_id = a.symbol_id and f.horizon = v_horizon and f.ensemble = e.ensemble and f.config_hash = e.config_hash
            and f.data_cutoff = b.last_bar_time and f.issued_at >= b.stored_at)
    ), due as materialized (
      select m.*
      from missing m
      where m.key not in (select k.key from internal.settled_runs(array(select m.key from missing m)) k(key))
        and m.last_bar_time not in (
          select t.last_bar_time from (select distinct m.last_bar_time from missing m) t
          where internal.not_issued_from(v_horizon, t.last_bar_time))
    )
    select jsonb_agg(jsonb_build_object(
      'key', d.key, 'ensemble', d.ensemble, 'cutoff', d.last_bar_time, 'code', s.code, 'message', s.message,
      'params', jsonb_build_object('symbols', jsonb_build_array(d.symbol), 'horizon', v_horizon),
      'jobs', jsonb_build_array(jsonb_build_object('subject', d.symbol,
        'payload', v_payload || jsonb_build_object('symbol', d.symbol, 'ensemble', d.ensemble, 'last_bar', d.bars - 1))))
      order by d.symbol_id, d.ensemble) into v_runs
    from due d
    left join internal.forecast_shortages(array(select d.symbol_id from due d), v_horizon) s on s.symbol_id = d.symbol_id;
    v_planned := v_planned + internal.add_planned_runs('forecast', 'forecast', coalesce(v_runs, '[]'));
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_forecasts(bigint[]) is
  'Plans for these symbols, and each ensemble that is planned for them, a forecast from the latest bar unless there is one, or a run for it, '
  'or the horizon does not begin there; bars that are too few or span too little end the run at once with the reason. Returns how many.';
revoke execute on function internal.plan_forecasts(bigint[]) from public;

-- planning/functions/plan_round.sql
create or replace function internal.plan_round(p_task text, p_plan text, p_seconds double precision) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + make_interval(secs => p_seconds);
  v_after bigint := 0;
  v_total integer := 0;
  v_planned integer := 0;
  v_symbol_ids bigint[];
  v_count integer;
begin
  -- Two at once would both see the same work as missing; the second has nothing to wait for.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.plan_work')) then
    return jsonb_build_object('planned', 0, 'total', 0, 'more', true);
  end if;
  select r.after_symbol_id, r.planned into v_after, v_total from public.planning_rounds r where r.task = p_task;
  v_after := coalesce(v_after, 0);
  loop
    select array_agg(n.id) into v_symbol_ids
    from (select s.id from public.symbols s where s.active and s.id > v_after order by s.id limit 100) n;
    exit when v_symbol_ids is null or clock_timestamp() > v_until;
    execute format('select internal.%s', p_plan) into v_count using v_symbol_ids;
    v_planned := v_planned + v_count;
    v_after := v_symbol_ids[cardinality(v_symbol_ids)];
  end loop;
  v_total := coalesce(v_total, 0) + v_planned;
  if v_symbol_ids is null then
    -- With what a slot left that nobody went on with.
    delete from public.planning_rounds r where r.task = p_task or r.began_at < now() - interval '2 days';
  else
    insert into public.planning_rounds as r (task, after_symbol_id, planned) values (p_task, v_after, v_total)
    on conflict (task) do update set after_symbol_id = excluded.after_symbol_id, planned = excluded.planned;
  end if;
  return jsonb_build_object('planned', v_planned, 'total', v_total, 'more', v_symbol_ids is not null);
end
$$;
comment on function internal.plan_round(text, text, double precision) is
  'Plans for the active symbols in their order, a hundred at a time, for p_seconds; the next call with the same p_task goes on where this one '
  'stopped. p_plan is the call of a function of schema internal, $1 the symbols'' ids, that returns how many it planned. Returns {planned, '
  'total (of the round so far), more}; more is also true when another planner is at work.';
revoke execute on function internal.plan_round(text, text, double precision) from public;

-- planning/functions/plan_work.sql
create or replace function public.plan_work(p_windows integer default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_forecasts jsonb;
  v_windows jsonb;
begin
  if internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('forecasts', 0, 'windows', 0, 'more', false, 'reason', 'publishing_enabled is false');
  end if;
  -- Whoever asks by hand waits for the planner at work, which needs about two seconds at most.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  v_forecasts := internal.plan_round('forecasts', 'plan_forecasts($1)', 0.7);
  v_windows := internal.plan_round(concat_ws(' ', 'validations', p_windows), format('plan_validations($1, %L)', p_windows), 0.7);
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return jsonb_build_object('forecasts', v_forecasts -> 'planned', 'windows', v_windows -> 'planned',
    'more', v_forecasts -> 'more' = 'true' or v_windows -> 'more' = 'true');
end
$$;
comment on function public.plan_work(integer) is
  'Plans what is due for every active symbol: a forecast from new bars, and walk-forward windows once an interval (with p_windows: '
  'that many, now). Asks for workers. Cron calls it; calling it again plans nothing twice. It stops after about two seconds: with more = true '
  'in its answer the next call goes on.';
revoke execute on function public.plan_work(integer) from public, anon, authenticated;
grant execute on function public.plan_work(integer) to service_role;

-- schedule/functions/plan_slot.sql
create or replace function internal.plan_slot(p_date date, p_time time, p_what text, p_plan text) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object(p_what, r.round -> 'total') || case when r.round -> 'more' = 'true' then jsonb_build_object('more', true) else '{}' end
  from internal.plan_round(format('%s %s', p_what, internal.slot_key(p_date, p_time)), p_plan, 1.2) r(round)
$$;
comment on function internal.plan_slot(date, time, text, text) is
  'What a slot that plans returns: under p_what how many it has planned, and more while it is not through all symbols (see plan_round).';
revoke execute on function internal.plan_slot(date, time, text, text) from public;

-- schedule/functions/slot_check_divergence.sql
create or replace function internal.slot_check_divergence(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.plan_slot(p_date, p_time, 'checks', format('plan_divergence_checks($1, %L)', p_date))
$$;
comment on function internal.slot_check_divergence(date, time, timestamptz) is 'Slot check_divergence: plans the days divergence checks.';
revoke execute on function internal.slot_check_divergence(date, time, timestamptz) from public;

-- schedule/functions/slot_forecast.sql
create or replace function internal.slot_forecast(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.plan_slot(p_date, p_time, 'forecasts', 'plan_forecasts($1)')
$$;
comment on function internal.slot_forecast(date, time, timestamptz) is 'Slot forecast: plans the forecasts that are missing from the latest bars.';
revoke execute on function internal.slot_forecast(date, time, timestamptz) from public;

-- schedule/functions/slot_validate.sql
create or replace function internal.slot_validate(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.plan_slot(p_date, p_time, 'windows', 'plan_validations($1, null)')
$$;
comment on function internal.slot_validate(date, time, timestamptz) is 'Slot validate: plans walk-forward windows that are due.';
revoke execute on function internal.slot_validate(date, time, timestamptz) from public;

-- schedule/functions/tick_continue.sql
create or replace function internal.tick_continue(p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1 second';
  v_run record;
  v_result jsonb := '{}';
begin
  for v_run in
    select r.slot, r.slot_date, r.local_time, r.made_up
    from public.slot_runs r
    where r.status = 'unfinished' and r.due_at > p_now - interval '1 day'
    order by r.due_at, r.slot
  loop
    v_result := v_result || jsonb_build_object(format('%s %s %s', v_run.slot, v_run.slot_date, to_char(v_run.local_time, 'HH24:MI')),
      internal.run_slot(v_run.slot, v_run.slot_date, v_run.local_time, p_now, v_run.made_up));
    exit when clock_timestamp() > v_until;
  end loop;
  if v_result = '{}' and exists (select from public.planning_rounds r where r.task in ('forecasts', 'validations')) then
    v_result := jsonb_build_object('plan', internal.tick_plan(p_now));
  end if;
  return v_result;
end
$$;
comment on function internal.tick_continue(timestamptz) is
  'Tick continue: goes on with the slots that are unfinished; without any, with a plan that is. Returns what became of each.';
revoke execute on function internal.tick_continue(timestamptz) from public;

-- schedule/functions/tick_plan.sql
create or replace function internal.tick_plan(p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
begin
  -- Somebody plans already: there is nothing to wait for.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.plan_work')) then
    return jsonb_build_object('busy', true);
  end if;
  return public.plan_work();
end
$$;
comment on function internal.tick_plan(timestamptz) is 'Tick plan: plans the work that is missing.';
revoke execute on function internal.tick_plan(timestamptz) from public;

-- schedule/rows/schedule_ticks.sql
-- But for those of every minute off the full hour, when the slots tick: at most eight jobs run at once.
insert into public.schedule_ticks (job, minutes, every, calls, description) values
  ('dispatch', '*', '1 minute', 'tick_dispatch', 'Asks for workers for the jobs that wait.'),
  ('alerts', '*', '1 minute', 'tick_alerts', 'Opens and resolves alerts on errors, and delivers all alerts.'),
  ('reconcile', '2-57/5', '5 minutes', 'reconcile', 'Revives stalled jobs, makes up for missed slots, watches the rollout.'),
  ('plan', '4-49/15', '15 minutes', 'tick_plan', 'Plans the work that is missing.'),
  ('continue', '*', '1 minute', 'tick_continue', 'Goes on with slots and plans that stopped for the time they took.'),
  ('outcomes', '9-54/15', '15 minutes', 'tick_outcomes', 'Scores the forecasts whose bars have come.')
on conflict (job) do update set
  minutes = excluded.minutes, every = excluded.every, calls = excluded.calls, description = excluded.description;

-- By hand ------------------------------------------------------------------------------------------------------------------------

drop function internal.plan_forecast(public.symbols, text, public.ensembles);
drop function internal.plan_forecasts();
drop function internal.plan_validation(public.symbols, text, public.ensembles, integer);
drop function internal.plan_validations(integer);
drop function internal.plan_divergence_checks(date);
drop function internal.planned_ensembles(bigint, text);
drop function internal.ensemble_payload(text, text, text);
drop function internal.is_settled(text);
drop function internal.forecast_shortage(bigint, text);

create index runs_failed_by_key on public.runs (idempotency_key) where status = 'failed';
create index runs_of_validations on public.runs ((params -> 'symbols' ->> 0), (params ->> 'horizon'), created_at) where kind = 'validation';
create index jobs_of_windows on public.jobs ((payload ->> 'symbol'), (payload ->> 'horizon'), (payload ->> 'window_id'))
  where kind = 'validate_window' and status in ('queued', 'running');

alter table public.slot_runs drop constraint slot_runs_status_known;
alter table public.slot_runs add constraint slot_runs_status_known
  check (status in ('done', 'unfinished', 'skipped', 'missed', 'failed')) not valid;
comment on column public.slot_runs.status is
  'done; unfinished: it stopped for the time it took, and goes on within a minute; skipped: there was nothing to do that day, the reason '
  'says why; missed: no tick came and it was too late to make up for it; failed: what it called raised an error, and its effects were undone.';
comment on column public.schedule_slots.calls is
  'The function of schema internal that does it: (p_date date, p_time time, p_now timestamptz) returns jsonb, what became of it, or '
  '{skipped: reason} when there was nothing that could be done; with more = true in it, it is called again '
  'within a minute. Date and time are the slot''s in New York.';
comment on column public.cron_ticks.job is 'dispatch, alerts, reconcile, plan, continue or outcomes.';

-- What the new triggers would have kept.
insert into public.bar_series (symbol_id, timeframe, bars, first_bar_time, last_bar_time, stored_at, provider, feed, adjustment)
select b.symbol_id, b.timeframe, count(*), min(b.bar_time), max(b.bar_time), max(b.ingested_at), max(b.provider), max(b.feed),
  max(b.adjustment)
from public.bars b
group by b.symbol_id, b.timeframe;
select internal.note_window_validity(array(select o.metrics_id from public.overfitting_tests o));

-- The new tick.
select internal.schedule_all();
