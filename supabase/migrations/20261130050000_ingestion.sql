-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- ingestion/functions/ingestion_state.sql
create or replace function public.ingestion_state(p_symbol text, p_timeframe text, p_overlap integer) returns jsonb
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

-- ingestion/functions/largest_move.sql
create or replace function internal.largest_move(p_symbol text) returns double precision
language sql stable set search_path = ''
as $$
  select coalesce(m.value ->> p_symbol, m.value ->> 'default')::double precision
  from internal.setting('largest_move') m(value)
$$;
comment on function internal.largest_move(text) is 'The factor of the setting largest_move for a symbol.';
revoke execute on function internal.largest_move(text) from public;

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

-- ingestion/functions/store_ingestion.sql
create or replace function internal.store_ingestion(p_job public.jobs, p_result jsonb) returns jsonb
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
        'The whole series that %s gave of %s %s lacks %s of the stored bars, from %s to %s: nothing was replaced',
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
revoke execute on function internal.store_ingestion(public.jobs, jsonb) from public;
