-- Ingestion: bars fetched from a provider, one job a symbol and timeframe, stored with the job's end.

alter table public.runs drop constraint runs_kind_known;
alter table public.runs add constraint runs_kind_known check (kind in ('forecast', 'validation', 'ingestion')) not valid;
-- squawk-ignore ban-drop-not-null
alter table public.runs alter column ensemble drop not null;
-- squawk-ignore ban-drop-not-null
alter table public.runs alter column configuration drop not null;
-- squawk-ignore ban-drop-not-null
alter table public.runs alter column config_hash drop not null;
alter table public.runs
  add constraint runs_of_an_ensemble_name_it check (
    kind = 'ingestion' or num_nulls(ensemble, configuration, config_hash) = 0
  ) not valid;
comment on column public.runs.kind is
  'forecast: one forecast a symbol. validation: walk-forward windows of one symbol, then the divergence check. ingestion: bars from a '
  'provider, a job a symbol and timeframe.';
comment on column public.runs.ensemble is 'candidate or baseline; null for an ingestion, which knows no ensemble.';
comment on column public.runs.configuration is
  'The ensemble''s configuration when the run was planned; a later change does not reach it. Null for an ingestion.';
comment on column public.runs.config_hash is 'Hash of that configuration; null for an ingestion.';
comment on column public.runs.params is 'What was asked: symbols, horizon, windows; of an ingestion the setting market_data.';

alter table public.jobs drop constraint jobs_kind_known;
alter table public.jobs add constraint jobs_kind_known check (
  kind in ('forecast', 'validate_window', 'check_divergence', 'ingest')
) not valid;
alter table public.jobs add column result jsonb;
comment on column public.jobs.kind is 'forecast, validate_window, check_divergence or ingest.';
comment on column public.jobs.result is
  'What an ingest job did: bars given, inserted and changed, whether the series was fetched whole, gaps, requests. Null for the other '
  'kinds, whose results are rows of their own.';
comment on column public.jobs.priority is
  'Smaller is claimed first: 5 forecasts asked for over HTTP, 10 scheduled ones, 20 ingestions, 50 divergence checks, 100 windows.';

comment on column public.forecasts.quality_notes is
  'What to know before trusting it: [{code, sentence, figures}], code one of stale_data, gap, repeated_prices, not_validated, '
  'overfitting, implausible, fallback, few_outcomes.';

create table public.bar_gaps (
  symbol_id bigint not null references public.symbols (id),
  timeframe text not null,
  bar_time timestamptz not null,
  reason text not null,
  message text not null,
  noticed_at timestamptz not null default now(),
  primary key (symbol_id, timeframe, bar_time),
  constraint bar_gaps_timeframe_known check (timeframe in ('1D', '4h')),
  constraint bar_gaps_reason_known check (reason in ('missing', 'incomplete'))
);
comment on table public.bar_gaps is
  'Bars that the exchange''s calendar has and the provider did not give: reported, never filled in. A gap that closes is deleted.';
comment on column public.bar_gaps.symbol_id is 'The symbol.';
comment on column public.bar_gaps.timeframe is '1D or 4h.';
comment on column public.bar_gaps.bar_time is 'bar_time that the bar would have, UTC.';
comment on column public.bar_gaps.reason is
  'missing: the provider gave nothing. incomplete: it gave some of the half hours that a half session is made of.';
comment on column public.bar_gaps.message is 'The same in a sentence, with what is missing.';
comment on column public.bar_gaps.noticed_at is 'When the provider was last asked for it, UTC.';

alter table public.bar_gaps enable row level security;
create policy bar_gaps_are_read_by_users on public.bar_gaps for select to authenticated using (true);
revoke all on public.bar_gaps from anon, authenticated, service_role;
grant select on public.bar_gaps to authenticated, service_role;

create function public.ingestion_state(p_symbol text, p_timeframe text, p_overlap integer) returns jsonb
language sql stable security definer set search_path = ''
as $$
  with stored as (
    select b.bar_time, b.provider, b.feed, b.adjustment
    from public.bars b join public.symbols s on s.id = b.symbol_id
    where s.symbol = p_symbol and b.timeframe = p_timeframe
  ), formatted as (
    select to_char(x.bar_time at time zone 'UTC',
      case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI:SS"Z"' end) as bar_time
    from stored x order by x.bar_time desc limit p_overlap
  )
  select jsonb_build_object(
    'stored', (select count(*) from stored),
    'source', (select jsonb_build_object('provider', x.provider, 'feed', x.feed, 'adjustment', x.adjustment) from stored x limit 1),
    'first', (select to_char(min(x.bar_time) at time zone 'UTC', 'YYYY-MM-DD') from stored x),
    'overlap', (select coalesce(jsonb_agg(f.bar_time order by f.bar_time), '[]') from formatted f),
    'largest_move', internal.largest_move(p_symbol))
$$;
comment on function public.ingestion_state(text, text, integer) is
  'What an ingestion goes on from: how many bars are stored and from where, the date of the first, the times of the last p_overlap, '
  'and the largest move that is believed of the symbol.';
revoke execute on function public.ingestion_state(text, text, integer) from public, anon, authenticated;
grant execute on function public.ingestion_state(text, text, integer) to service_role;

create function internal.store_ingestion(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_symbol text := p_job.payload ->> 'symbol';
  v_timeframe text := p_job.payload ->> 'timeframe';
  v_source jsonb := p_job.payload -> 'source';
  v_whole boolean := (p_result ->> 'whole')::boolean;
  v_symbol_id bigint;
  v_lacking record;
  v_stored jsonb;
  v_gaps integer;
begin
  select s.id into strict v_symbol_id from public.symbols s where s.symbol = v_symbol for update;
  if v_whole then
    select count(*) as bars, min(b.bar_time) as first, max(b.bar_time) as last into v_lacking
    from public.bars b
    where b.symbol_id = v_symbol_id and b.timeframe = v_timeframe
      and not exists (
        select from jsonb_array_elements(p_result -> 'bars') i where (i.value ->> 0)::timestamptz = b.bar_time);
    if v_lacking.bars > 0 then
      perform internal.refuse(409, 'provider_incomplete_history', format(
        'the whole series that %s gave of %s %s lacks %s of the stored bars, from %s to %s: nothing was replaced',
        v_source ->> 'provider', v_symbol, v_timeframe, v_lacking.bars, v_lacking.first, v_lacking.last));
    end if;
  end if;

  v_stored := public.ingest_bars(v_symbol, v_timeframe, v_source ->> 'provider', v_source ->> 'feed',
    v_source ->> 'adjustment', p_result -> 'bars');

  -- What was asked for anew is known anew.
  delete from public.bar_gaps g
  where g.symbol_id = v_symbol_id and g.timeframe = v_timeframe
    and g.bar_time >= (p_result ->> 'from')::timestamptz;
  insert into public.bar_gaps (symbol_id, timeframe, bar_time, reason, message)
  select v_symbol_id, v_timeframe, (g.value ->> 'time')::timestamptz, g.value ->> 'reason', g.value ->> 'message'
  from jsonb_array_elements(p_result -> 'gaps') g
  where not exists (
    select from public.bars b
    where b.symbol_id = v_symbol_id and b.timeframe = v_timeframe and b.bar_time = (g.value ->> 'time')::timestamptz)
    -- The worker's calendar is the code's, which does not know what was announced since.
    and not exists (
      select from public.calendar_exceptions e
      where e.kind = 'closed' and e.session_date = ((g.value ->> 'time')::timestamptz at time zone 'UTC')::date);
  get diagnostics v_gaps = row_count;

  return v_stored || jsonb_build_object(
    'whole', v_whole, 'requests', p_result -> 'requests', 'gaps', v_gaps);
end
$$;
comment on function internal.store_ingestion(public.jobs, jsonb) is
  'Stores what an ingest job fetched: bars, and the gaps from `from` on. A series fetched whole (`whole`) may lack no stored bar '
  '(provider_incomplete_history). Raises what ingest_bars raises; the source is the one the job was planned with.';

create or replace function public.complete_job(p_job_id bigint, p_lease_token uuid, p_result jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_artifact_id bigint;
  v_forecast_id bigint;
  v_result jsonb;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  case v_job.kind
    when 'forecast' then
      v_artifact_id := internal.store_artifact(v_job.run_id, p_result -> 'artifact');
      v_forecast_id := internal.store_forecast(v_job.run_id, v_artifact_id, p_result -> 'forecast');
      if jsonb_typeof(p_result -> 'weights') = 'object' then
        perform internal.store_weights(v_job.run_id, v_forecast_id, p_result -> 'weights');
      end if;
    when 'validate_window' then
      perform internal.store_validation(v_job.run_id, p_result -> 'metrics', p_result -> 'tests');
    when 'check_divergence' then
      perform internal.apply_divergence_check(p_result);
    when 'ingest' then
      v_result := internal.store_ingestion(v_job, p_result);
      update public.jobs set result = v_result where id = v_job.id;
  end case;
  perform internal.end_job(v_job, 'succeeded', null, null);
  perform internal.request_workers(1);
end
$$;

create or replace function internal.request_workers(p_at_most integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_free integer;
  v_demand record;
  v_wanted integer;
  v_asked integer := 0;
begin
  select (internal.setting('max_workers') #>> '{}')::integer - count(*) into v_free
  from public.jobs j where j.status = 'running' and j.lease_until >= now();

  for v_demand in
    select d.function_name, count(*)::integer as waiting
    from (
      select case j.kind
          when 'check_divergence' then 'check-divergence'
          when 'ingest' then 'ingest-bars'
          else 'forecast-worker'
        end as function_name
      from public.jobs j
      where j.attempts < j.max_attempts
        and ((j.status = 'queued' and j.run_after <= now()) or (j.status = 'running' and j.lease_until < now()))
    ) d
    group by d.function_name
    -- New bars first: what the others compute is about them.
    order by d.function_name <> 'ingest-bars', d.function_name
  loop
    v_wanted := v_demand.waiting;
    if v_demand.function_name = 'ingest-bars' then
      -- One at a time: two would use up the provider's limit between them. The others wait for no more than one place.
      v_wanted := case when exists (
        select from public.jobs j where j.kind = 'ingest' and j.status = 'running' and j.lease_until >= now()) then 0 else 1 end;
    end if;
    for i in 1 .. least(v_wanted, v_free - v_asked, p_at_most - v_asked) loop
      if not internal.request_function(v_demand.function_name) then
        return v_asked;
      end if;
      v_asked := v_asked + 1;
    end loop;
  end loop;
  return v_asked;
end
$$;
comment on function internal.request_workers(integer) is
  'Asks for as many workers as there are claimable jobs, free places under max_workers, and p_at_most; returns how many. Ingest jobs '
  'come first and have one worker at a time.';

create function public.plan_ingestion(p_key text) returns jsonb
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
    perform internal.refuse(400, 'missing_key', 'an ingestion is planned under a key, such as its date and slot');
  end if;
  if v_provider = 'csv' then
    return jsonb_build_object('planned', 0, 'run_id', null, 'left_out', '[]'::jsonb,
      'reason', 'market_data is csv: bars are uploaded, and there is nobody to ask for them');
  end if;
  -- Two ticks at once would both see nothing planned.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_ingestion'));
  if internal.is_settled(v_key) then
    return jsonb_build_object('planned', 0, 'run_id', null, 'left_out', '[]'::jsonb,
      'reason', format('there is a run with the key %s already', v_key));
  end if;

  create temporary table wanted on commit drop as
  select s.id, s.symbol, t.timeframe,
    case
      when t.timeframe = '4h' and v_provider = 'tiingo' then 'tiingo has daily bars only'
      when exists (
        select from public.bars b where b.symbol_id = s.id and b.timeframe = t.timeframe and b.provider = 'csv')
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

create function public.forget_series(p_symbol text, p_timeframe text) returns bigint
language plpgsql security definer set search_path = ''
as $$
declare
  v_symbol_id bigint;
  v_deleted bigint;
begin
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol_id is null then
    perform internal.refuse(404, 'unknown_symbol', format('there is no symbol %s', p_symbol));
  end if;
  if p_timeframe is distinct from '1D' and p_timeframe is distinct from '4h' then
    perform internal.refuse(400, 'invalid_timeframe', format('%s is not 1D or 4h', p_timeframe));
  end if;
  delete from public.bar_gaps g where g.symbol_id = v_symbol_id and g.timeframe = p_timeframe;
  -- Bars of 8h are made of those of 4h.
  delete from public.bars b
  where b.symbol_id = v_symbol_id
    and (b.timeframe = p_timeframe or (p_timeframe = '4h' and b.timeframe = '8h'));
  get diagnostics v_deleted = row_count;
  return v_deleted;
end
$$;
comment on function public.forget_series(text, text) is
  'Deletes a symbol''s bars of one timeframe (with 4h those of 8h), so that another provider''s may take their place; returns how many. '
  'What was forecast from them stays. Raises unknown_symbol, invalid_timeframe.';
revoke execute on function public.forget_series(text, text) from public, anon, authenticated;
grant execute on function public.forget_series(text, text) to service_role;
