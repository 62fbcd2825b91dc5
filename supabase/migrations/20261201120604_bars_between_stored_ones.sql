-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- series/functions/ingest_bars.sql
create or replace function public.ingest_bars(
  p_symbol text,
  p_timeframe text,
  p_provider text,
  p_feed text,
  p_adjustment text,
  p_bars jsonb,
  p_replace boolean default false,
  p_calendar text default null,
  p_stored_at timestamptz default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_symbol_id bigint;
  v_calendar text;
  v_given bigint;
  v_times timestamptz[];
  v_changed bigint;
  v_lacking text;
  v_deleted bigint := 0;
  v_inserted bigint;
  v_adjustment text;
  v_before public.bar_series;
  v_after public.bar_series;
  v_derived public.bar_series;
begin
  if jsonb_typeof(p_bars) is distinct from 'array' or jsonb_array_length(p_bars) = 0 then
    perform internal.refuse(400, 'no_bars', 'The upload holds no bars');
  end if;
  if p_timeframe = '8h' then
    perform internal.refuse(400, 'derived_timeframe', '8h bars are made from 4h bars, which are to be sent instead');
  end if;

  if p_calendar is not null then
    perform internal.require_calendar(p_calendar);
  end if;
  insert into public.symbols (symbol, calendar)
  select p_symbol, coalesce(p_calendar, 'XNYS') where not exists (select from public.symbol_renames r where r.old_symbol = p_symbol)
  on conflict (symbol) do nothing;
  -- The lock makes two uploads of one symbol take turns, so that a series never mixes two of them.
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol_id is null then
    perform internal.refuse(409, 'symbol_renamed', (
      select format('%s was renamed to %s on %s: send its bars under that name', r.old_symbol, r.new_symbol,
        (r.renamed_at at time zone 'UTC')::date)
      from public.symbol_renames r where r.old_symbol = p_symbol order by r.id desc limit 1));
  end if;

  select s.calendar into v_calendar from public.symbols s where s.id = v_symbol_id;
  if p_calendar <> v_calendar then
    perform internal.refuse(409, 'calendar_differs', format(
      '%s has the calendar %s, not %s: leave the calendar out, or change it first with set_calendar', p_symbol, v_calendar, p_calendar));
  elsif p_timeframe = '4h' and v_calendar <> 'XNYS' then
    perform internal.refuse(409, 'half_sessions_are_new_yorks', format(
      '%s has the calendar %s, and bars of 4h are New York''s half sessions: upload 1D bars', p_symbol, v_calendar));
  end if;

  create temporary table incoming on commit drop as
  select
    (b.value ->> 0)::timestamptz as bar_time,
    (b.value ->> 1)::double precision as open,
    (b.value ->> 2)::double precision as high,
    (b.value ->> 3)::double precision as low,
    (b.value ->> 4)::double precision as close,
    (b.value ->> 5)::double precision as volume
  from jsonb_array_elements(p_bars) b;

  select count(*), array_agg(i.bar_time) into v_given, v_times from pg_temp.incoming i;

  select b.* into v_before from public.bar_series b where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe;
  if p_stored_at <> coalesce(v_before.stored_at, '-infinity') then
    perform internal.refuse(409, 'series_changed', format(
      '%s %s was changed while the upload was checked against its bars: send it again', p_symbol, p_timeframe));
  end if;

  v_adjustment := coalesce(p_adjustment, v_before.adjustment, 'unknown');
  if v_before.provider is not null
    and ((v_before.provider, v_before.feed) is distinct from (p_provider, p_feed)
      -- What replaces the whole series may be adjusted for something else.
      or v_before.adjustment <> v_adjustment and not p_replace) then
    perform internal.refuse(409, 'mixed_sources', format(
      '%s %s is stored from %s/%s/%s; bars from %s/%s/%s cannot be mixed with it',
      p_symbol, p_timeframe, v_before.provider, v_before.feed, v_before.adjustment,
      p_provider, p_feed, v_adjustment));
  end if;

  select count(*) into v_changed
  from pg_temp.incoming i
  join public.bars b on b.symbol_id = v_symbol_id and b.timeframe = p_timeframe and b.bar_time = i.bar_time
  where (b.open, b.high, b.low, b.close, b.volume, b.adjustment)
    is distinct from (i.open, i.high, i.low, i.close, i.volume, v_adjustment);

  -- Whoever says nothing of what other bars are adjusted for is not taken to say what was said before.
  if p_adjustment is null and v_changed > 0 then
    v_adjustment := 'unknown';
  end if;

  if p_replace then
    delete from public.bars b
    where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe
      and not exists (select from pg_temp.incoming i where i.bar_time = b.bar_time);
    get diagnostics v_deleted = row_count;
  elsif v_changed > 0 then
    -- Two versions of a series are never mixed, and no bar goes without somebody saying so.
    v_lacking := internal.lacking_bars(v_symbol_id, p_timeframe, v_times);
    if v_lacking is not null then
      perform internal.refuse(409, 'restated_history', format(
        '%s of the bars differ from the stored ones of %s %s, so that the series is restated, but the upload lacks %s. A restated series must hold every '
        'stored bar: send it whole, or send replace=true (plumbline ingest --replace) to delete the bars that it lacks',
        v_changed, p_symbol, p_timeframe, v_lacking));
    end if;
  end if;

  insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment)
  select v_symbol_id, p_timeframe, i.bar_time, i.open, i.high, i.low, i.close, i.volume, p_provider, p_feed, v_adjustment
  from pg_temp.incoming i
  on conflict (symbol_id, timeframe, bar_time) do nothing;
  get diagnostics v_inserted = row_count;

  if v_changed > 0 then
    update public.bars b
    set open = i.open, high = i.high, low = i.low, close = i.close, volume = i.volume, adjustment = v_adjustment, ingested_at = now()
    from pg_temp.incoming i
    where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe and b.bar_time = i.bar_time
      and (b.open, b.high, b.low, b.close, b.volume, b.adjustment)
        is distinct from (i.open, i.high, i.low, i.close, i.volume, v_adjustment);
  end if;

  if p_timeframe = '4h' then
    perform internal.derive_eight_hour_bars(v_symbol_id);
  end if;
  -- Its first bars of a timeframe bring a symbol the horizons that are forecast from them; what an operator takes away later
  -- stays away.
  if v_before.bars is null then
    update public.symbols s
    set horizons = (
      select array_agg(k.horizon order by k.place)
      from unnest(array['1D', '4h', '8h']) with ordinality k(horizon, place)
      where k.horizon = any (s.horizons) or k.horizon = p_timeframe or (p_timeframe = '4h' and k.horizon = '8h'))
    where s.id = v_symbol_id;
  end if;

  select b.* into v_after from public.bar_series b where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe;
  select b.* into v_derived from public.bar_series b where b.symbol_id = v_symbol_id and b.timeframe = '8h' and p_timeframe = '4h';

  drop table pg_temp.incoming;
  if v_after.restated_at > v_before.restated_at then
    perform internal.plan_restated(array[v_symbol_id]);
  end if;
  return jsonb_build_object(
    'symbol', p_symbol, 'timeframe', p_timeframe,
    'given', v_given, 'inserted', v_inserted, 'changed', v_changed, 'deleted', v_deleted, 'adjustment', v_adjustment,
    'stored', v_after.bars,
    'first', v_after.first_bar_time, 'last', v_after.last_bar_time, 'stored_at', v_after.stored_at)
    || case when v_derived.bars is null then '{}' else jsonb_build_object('derived', jsonb_build_object(
        'timeframe', '8h', 'stored', v_derived.bars, 'first', v_derived.first_bar_time, 'last', v_derived.last_bar_time,
        'stored_at', v_derived.stored_at)) end;
end
$$;
comment on function public.ingest_bars(text, text, text, text, text, jsonb, boolean, text, timestamptz) is
  'Stores bars ([[time, open, high, low, close, volume], ...]) of one symbol, registering it if new. Repeating an upload changes '
  'nothing; bars are added wherever they lie. An upload that changes a stored bar must hold every stored one; with p_replace it is the whole series '
  'from now on, and the answer counts what was deleted. p_adjustment null: what is stored, unknown for a new series and for one that is restated. p_stored_at: stored_at of the '
  'series that the upload was checked against, -infinity where it had no bars. p_calendar: of a new symbol; null is its own. Forecasts from bars that changed or went, or that others came between, are no longer current, and '
  'new ones are planned. Bars of 4h bring those of 8h with them (`derived` in the answer), and a symbol''s first bars of a '
  'timeframe the horizons that are forecast from them. Raises no_bars, derived_timeframe, unknown_calendar, symbol_renamed, calendar_differs, '
  'half_sessions_are_new_yorks, series_changed, mixed_sources, restated_history; all or nothing.';
revoke execute on function public.ingest_bars(text, text, text, text, text, jsonb, boolean, text, timestamptz) from public, anon, authenticated;
grant execute on function public.ingest_bars(text, text, text, text, text, jsonb, boolean, text, timestamptz) to service_role;

-- series/functions/recount_series.sql
create or replace function internal.recount_series(p_symbol_id bigint, p_timeframe text, p_is_restated boolean) returns void
language plpgsql set search_path = ''
as $$
declare
  -- Not now(): a transaction that began earlier may have waited, and what others stored meanwhile, of the bars before, is older than this.
  v_at constant timestamptz := clock_timestamp();
begin
  insert into public.bar_series as s (
    symbol_id, timeframe, bars, first_bar_time, last_bar_time, stored_at, provider, feed, adjustment, restated_at)
  select p_symbol_id, p_timeframe, count(*), min(b.bar_time), max(b.bar_time), max(b.ingested_at), max(b.provider), max(b.feed),
    max(b.adjustment), min(b.ingested_at)
  from public.bars b
  where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe
  having count(*) > 0
  on conflict (symbol_id, timeframe) do update set
    bars = excluded.bars, first_bar_time = excluded.first_bar_time, last_bar_time = excluded.last_bar_time, provider = excluded.provider,
    feed = excluded.feed, adjustment = excluded.adjustment,
    restated_at = case when p_is_restated then greatest(v_at, s.restated_at + interval '1 microsecond')
      when s.restated_to is null then excluded.restated_at else s.restated_at end,
    restated_to = case when p_is_restated then excluded.last_bar_time else s.restated_to end,
    stored_at = case when p_is_restated then greatest(v_at, s.restated_at + interval '1 microsecond', excluded.stored_at)
      when s.restated_to is not null then greatest(s.restated_at, excluded.stored_at)
      else excluded.stored_at end;
  if not found then
    delete from public.bar_series s where s.symbol_id = p_symbol_id and s.timeframe = p_timeframe;
  end if;
end
$$;
comment on function internal.recount_series(bigint, text, boolean) is
  'Counts a series of bar_series anew from its bars; with p_is_restated a stored bar changed or went, or one came between them. A series without bars has no row.';
revoke execute on function internal.recount_series(bigint, text, boolean) from public;

-- series/triggers/note_bars.sql
create or replace function internal.note_bars() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_new record;
  v_is_restated boolean;
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
      -- What comes between stored bars was a gap in what was forecast from.
      v_is_restated := tg_op = 'DELETE' or exists (
        select from changed c
        join public.bar_series s on s.symbol_id = c.symbol_id and s.timeframe = c.timeframe
        where c.symbol_id = v_new.symbol_id and c.timeframe = v_new.timeframe and c.bar_time > s.first_bar_time and c.bar_time < s.last_bar_time);
      perform internal.recount_series(v_new.symbol_id, v_new.timeframe, v_is_restated);
    end if;
    perform internal.note_gaps(v_new.symbol_id, v_new.timeframe, v_new.first, v_new.last);
    -- A window depends on no bar after its last: bars that are added at the end find none.
    perform internal.note_window_validity(array(
      select v.metrics_id from public.window_validity v
      where v.symbol_id = v_new.symbol_id and v.timeframe = v_new.timeframe and v.last_bar_time >= v_new.first));
  end loop;
  return null;
end
$$;
comment on function internal.note_bars() is
  'Trigger: keeps bar_series, bar_gaps, and whether the windows over bars that came or went still stand.';
revoke execute on function internal.note_bars() from public;


-- planning/functions/plan_divergence_checks.sql
create or replace function internal.plan_divergence_checks(p_symbol_ids bigint[], p_date date) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_horizon text;
  v_payload jsonb;
  v_runs jsonb;
  v_planned integer := 0;
  -- Apart, so that the planner knows how many symbols it looks for.
  v_symbol_ids bigint[] := array(
    select s.id
    from public.symbols s
    join internal.days_of_calendars_in_use(p_date, p_date) d on d.calendar = s.calendar and d.closed_because is null
    where s.id = any (p_symbol_ids));
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
    -- Looked up for each, not joined to all windows that there are: hence the limit.
    cross join lateral (
      select from public.vw_valid_windows w
      where w.symbol_id = a.symbol_id and w.horizon = v_horizon and w.config_hash = e.config_hash
      limit 1
    ) w
    where a.symbol_id = any (v_symbol_ids) and a.horizon = v_horizon and a.is_listed and a.is_planned;
    v_planned := v_planned + internal.add_planned_runs('divergence_check', 'check_divergence', coalesce(v_runs, '[]'));
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_divergence_checks(bigint[], date) is
  'Plans for those of these symbols whose calendar has a session on a date a divergence check, once a date, of every horizon and ensemble with validated windows; returns how many.';
revoke execute on function internal.plan_divergence_checks(bigint[], date) from public;

-- schedule/views/vw_run_health.sql
create or replace view public.vw_run_health with (security_invoker = true) as
with installed as (
  select min(s.active_since) as at from public.schedule_slots s
), queue as (
  select
    count(*) filter (where j.claimable) as waiting,
    extract(epoch from now() - min(j.since) filter (where j.claimable)) / 60 as oldest_minutes,
    count(*) filter (where j.status = 'queued' and j.run_after > now()) as backing_off,
    count(*) filter (where j.status = 'running' and j.lease_until >= now()) as running,
    count(*) filter (where j.status = 'running' and j.lease_until < now()) as expired,
    count(*) filter (where j.status = 'running' and j.lease_until < now() - interval '10 minutes') as stalled,
    min(j.lease_until) filter (where j.status = 'running' and j.lease_until < now()) as earliest_expiry
  from (
    select x.status, x.run_after, x.lease_until, case when x.status = 'running' then x.lease_until else x.run_after end as since,
      x.attempts < x.max_attempts
        and (x.status = 'queued' and x.run_after <= now() or x.status = 'running' and x.lease_until < now()) as claimable
    from public.jobs x where x.status in ('queued', 'running')
  ) j
), unclaimed as (
  -- Functions whose jobs wait while none of theirs is claimed: the others' claims say nothing of them.
  select coalesce(array_agg(d.function_name order by d.function_name), '{}') as functions
  from (
    select k.worker as function_name, min(case when x.status = 'running' then x.lease_until else x.run_after end) as since
    from public.jobs x
    join public.job_kinds k on k.kind = x.kind
    where x.status in ('queued', 'running') and x.attempts < x.max_attempts
      and (x.status = 'queued' and x.run_after <= now() or x.status = 'running' and x.lease_until < now())
    group by 1
  ) d
  where d.since < now() - interval '15 minutes' and not exists (
    select from public.worker_requests w
    where w.function_name = d.function_name and w.claimed_at between now() - interval '15 minutes' and now() + interval '10 minutes'
      -- Who claims was asked for shortly before: not the requests of a week are looked through.
      and w.requested_at > now() - interval '1 hour')
), asked as materialized (
  -- By function: one that answers says nothing of another that does not.
  select w.function_name,
    count(*) filter (where w.requested_at > now() - interval '1 hour') as made,
    count(*) filter (where w.requested_at > now() - interval '1 hour' and w.claimed_at is not null) as claimed,
    -- Two minutes are for the way there and the start of the function.
    count(*) filter (where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes') as lately,
    count(*) filter (
      where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes' and w.claimed_at is not null
    ) as lately_claimed,
    count(*) filter (where w.ended_at is null and w.alive_until >= now()) as under_way,
    max(w.requested_at) as last_request,
    max(w.claimed_at) as last_claim,
    count(*) filter (where w.response_status is not null or w.response_error is not null) as noted,
    count(*) filter (where w.response_error is not null or w.response_status >= 400) as refused,
    max(w.requested_at) filter (where w.response_status < 400) as last_answer,
    max(w.id) filter (where w.response_status is not null or w.response_error is not null) as last_noted,
    max(w.id) filter (where w.response_error is not null or w.response_status >= 400) as last_refused
  from public.worker_requests w
  where w.requested_at between now() - interval '1 day' and now() + interval '10 minutes'
  group by w.function_name
), requests as (
  select coalesce(sum(a.made), 0) as made, coalesce(sum(a.claimed), 0) as claimed, coalesce(sum(a.lately), 0) as lately,
    coalesce(sum(a.lately_claimed), 0) as lately_claimed, coalesce(sum(a.under_way), 0) as under_way, max(a.last_request) as last_request, max(a.last_claim) as last_claim,
    coalesce(sum(a.noted), 0) as noted, coalesce(sum(a.refused), 0) as refused, max(a.last_answer) as last_answer,
    coalesce(bool_or(a.last_refused = a.last_noted), false) as failing,
    (select format('%s: %s', w.function_name, coalesce(w.response_error, 'status ' || w.response_status))
      from public.worker_requests w where w.id = max(a.last_refused)) as failure
  from asked a
), presence as materialized (
  -- One look at all symbols, and few rows.
  select p.calendar, p.horizon, p.ensemble, p.newest_bar, p.state, max(p.session_date) as session_date, max(p.expected_cutoff) as expected_cutoff,
    count(*) as series, max(p.issued_at) as last_issued, min(p.symbol) as first_symbol
  from public.vw_forecast_presence p
  group by p.calendar, p.horizon, p.ensemble, p.newest_bar, p.state
), missing as materialized (
  -- Another look, to name them, where there are any.
  select p.symbol, p.horizon, p.ensemble, p.state
  from public.vw_forecast_presence p
  where p.state in ('bar_missing', 'forecast_missing')
    and exists (select from presence g where g.state in ('bar_missing', 'forecast_missing'))
), listed as materialized (
  select distinct unnest(d.horizons) as horizon from (select distinct s.horizons from public.symbols s where s.active) d
), forecasts as (
  select p.horizon, max(p.session_date) as session_date,
    -- With several calendars in use their last sessions may have different dates.
    string_agg(distinct p.session_date::text, ', ') filter (where p.state <> 'no_bars') as session_dates,
    coalesce(sum(p.series) filter (where p.state <> 'no_bars'), 0) as expected,
    coalesce(sum(p.series) filter (where p.state = 'there'), 0) as there,
    coalesce(sum(p.series) filter (where p.state = 'no_bars'), 0) as bare, max(p.last_issued) as last_issued
  from presence p group by p.horizon
), behind as materialized (
  -- Counted once for all symbols that have the same newest bar.
  select b.*, case when b.newest_bar >= b.expected_cutoff then 0 else greatest(1, (
    select count(d.closes_at) from internal.calendar_days(b.calendar, (b.newest_bar at time zone 'UTC')::date + 1, b.session_date) d
  )) end as sessions_behind
  from (
    -- Of the two ensembles one is planned wherever the other is (vw_ensemble_assignments): the larger number is that of the symbols.
    select e.calendar, e.horizon, e.session_date, e.expected_cutoff, e.newest_bar, max(e.series) as symbols, min(e.first_symbol) as first_symbol
    from (
      select p.calendar, p.horizon, p.ensemble, p.session_date, p.expected_cutoff, p.newest_bar, sum(p.series) as series,
        min(p.first_symbol) as first_symbol
      from presence p where p.newest_bar is not null group by p.calendar, p.horizon, p.ensemble, p.session_date, p.expected_cutoff, p.newest_bar
    ) e
    group by e.calendar, e.horizon, e.session_date, e.expected_cutoff, e.newest_bar
  ) b
), settings as (
  select max(t.value #>> '{}') filter (where t.name = 'publishing_enabled') = 'true' as publishing,
    max(t.value #>> '{}') filter (where t.name = 'max_workers') as max_workers,
    max(t.value #>> '{}') filter (where t.name = 'max_workers_cap') as max_workers_cap,
    (max(t.value #>> '{}') filter (where t.name = 'forecast_deadline_minutes'))::integer as deadline_minutes
  from public.settings t where t.name in ('publishing_enabled', 'max_workers', 'max_workers_cap', 'forecast_deadline_minutes')
), setup as (
  select internal.is_configured() as there, exists (select from public.cron_ticks) as ticked
), checks as (
  select 0 as place, 'configuration' as check_name, null as subject,
    -- A secret that was there and is gone is a fault.
    case when u.there then true when u.ticked then false end as ok,
    jsonb_build_object('project_url', u.there) as figures, null::timestamptz as last_good_at,
    case when u.there then 'Vault has project_url, the address of the functions'
      else 'not configured: Vault has no project_url, so that cron plans, fetches and delivers nothing' end as sentence
  from setup u

  union all
  select 1, 'cron', j.job,
    case
      when t.last is null and installed.at > now() - 3 * j.every then null
      else coalesce(t.last > now() - 3 * j.every and t.error is null, false)
    end,
    jsonb_build_object('last_tick', t.last, 'ticks_last_hour', t.ticks, 'expected_last_hour', t.expected, 'last_error', t.error),
    t.last_good,
    case
      when t.last is null then format('%s has never ticked', j.job)
      else format('%s last ticked %s min ago; %s of %s ticks in the last hour%s', j.job,
        floor(extract(epoch from now() - t.last) / 60), t.ticks, t.expected, coalesce('; it failed: ' || t.error, ''))
    end
  from public.schedule_ticks j
  cross join installed
  cross join lateral (
    select l.ticked_at as last, l.error, g.ticked_at as last_good,
      (select count(*) from public.cron_ticks c
        where c.job = j.job and c.ticked_at > now() - interval '1 hour' and c.ticked_at <= now() + interval '10 minutes') as ticks,
      least(extract(epoch from interval '1 hour') / extract(epoch from j.every),
        floor(extract(epoch from now() - (select min(c.ticked_at) from public.cron_ticks c where c.job = j.job)) / extract(epoch from j.every))
          + 1)::integer as expected
    from (values (true)) one(row)
    left join lateral (
      select c.ticked_at, c.error from public.cron_ticks c
      where c.job = j.job and c.ticked_at <= now() + interval '10 minutes' order by c.ticked_at desc limit 1
    ) l on true
    left join lateral (
      select c.ticked_at from public.cron_ticks c
      where c.job = j.job and c.ticked_at <= now() + interval '10 minutes' and c.error is null order by c.ticked_at desc limit 1
    ) g on true
  ) t

  union all
  select 2, 'slot', s.slot,
    case
      when s.next_due_at < now() - interval '20 minutes' then false
      when not s.active or r.status is null then null
      else r.status in ('done', 'skipped')
    end,
    jsonb_build_object('last_date', r.slot_date, 'last_time', to_char(r.local_time, 'HH24:MI'), 'last_status', r.status,
      'last_reason', r.reason, 'last_result', r.result, 'next_due_at', s.next_due_at, 'missed_7_days', w.missed,
      'failed_7_days', w.failed, 'made_up_7_days', w.made_up),
    w.last_done,
    case
      when s.next_due_at < now() - interval '20 minutes' then
        format('%s was due at %s New York time and nothing ran nor noticed', s.slot,
          to_char(s.next_due_at at time zone 'America/New_York', 'YYYY-MM-DD HH24:MI'))
      when not s.active then format('%s is paused: %s', s.slot, s.paused_because)
      when r.status is null then format('%s has not been due yet', s.slot)
      else format('%s of %s %s is %s%s', s.slot, r.slot_date, to_char(r.local_time, 'HH24:MI'), r.status, coalesce(': ' || r.reason, ''))
    end || format('; in 7 days %s missed, %s failed, %s made up for', w.missed, w.failed, w.made_up)
  from public.schedule_slots s
  left join lateral (
    select x.* from public.slot_runs x where x.slot = s.slot order by x.due_at desc limit 1
  ) r on true
  cross join lateral (
    select count(*) filter (where x.status = 'missed') as missed, count(*) filter (where x.status = 'failed') as failed,
      count(*) filter (where x.made_up and x.status = 'done') as made_up,
      max(x.finished_at) filter (where x.status = 'done') as last_done
    from public.slot_runs x where x.slot = s.slot and x.due_at > now() - interval '7 days'
  ) w

  union all
  -- Windows may wait long behind others: that is a queue at work, as long as jobs are claimed.
  select 3, 'queue', null,
    cardinality(u.functions) = 0,
    jsonb_build_object('waiting', q.waiting, 'oldest_waiting_minutes', round(q.oldest_minutes), 'unclaimed', u.functions,
      'backing_off', q.backing_off, 'running', q.running, 'max_workers', t.max_workers::integer,
      'max_workers_cap', t.max_workers_cap::integer, 'workers_under_way', r.under_way, 'last_claim', r.last_claim),
    r.last_claim,
    format('%s jobs wait%s, %s back off, %s run; max_workers is %s%s', q.waiting,
      case when q.waiting > 0 then format(', the oldest for %s minutes', floor(q.oldest_minutes)) else '' end, q.backing_off, q.running,
      t.max_workers, coalesce('; claimed none in a quarter of an hour: ' || nullif(array_to_string(u.functions, ', '), ''), ''))
  from queue q cross join requests r cross join unclaimed u cross join settings t

  union all
  select 4, 'dead_jobs', null, d.dead = 0, jsonb_build_object('dead_24_hours', d.dead, 'latest', d.latest), d.last_success,
    format('%s jobs of the schedule ended dead in the last 24 hours%s', d.dead, coalesce('; the latest: ' || d.latest, ''))
  from (
    select count(*) as dead, (array_agg(format('job %s, %s: %s', j.id, j.error_code, j.error_message) order by j.finished_at desc))[1] as latest,
      (select max(x.finished_at) from public.jobs x where x.status = 'succeeded' and x.finished_at > now() - interval '1 day') as last_success
    from public.jobs j
    -- What only a request asked for is told to whoever asked (failure_class: request).
    join public.runs r on r.id = j.run_id and r.requested_via = 'schedule'
    where j.status = 'dead' and j.finished_at > now() - interval '1 day'
  ) d

  union all
  select 5, 'leases', null, q.stalled = 0,
    jsonb_build_object('running', q.running, 'past_lease', q.expired, 'past_lease_10_minutes', q.stalled), null::timestamptz,
    format('%s running jobs are past their lease%s', q.expired, case when q.expired > 0
      then format(', one for %s minutes', floor(extract(epoch from now() - q.earliest_expiry) / 60)) else '' end)
  from queue q

  union all
  select 6, 'workers', null,
    case
      when r.made = 0 then null
      else not (r.lately > 0 and r.lately_claimed = 0 and q.waiting > 0)
    end,
    jsonb_build_object('requests_last_hour', r.made, 'claimed_last_hour', r.claimed, 'last_request', r.last_request,
      'last_claim', r.last_claim), r.last_claim,
    format('%s workers were asked for in the last hour and %s of them claimed a job', r.made, r.claimed)
  from requests r cross join queue q

  union all
  select 7, 'requests', null,
    case when r.noted = 0 then null else not r.failing end,
    jsonb_build_object('answers_24_hours', r.noted, 'failed_24_hours', r.refused, 'latest_failure', r.failure), r.last_answer,
    format('of the last day''s requests through pg_net %s were answered or given up, %s of them failed%s', r.noted, r.refused,
      coalesce('; the latest: ' || r.failure, ''))
  from requests r

  union all
  select 8, 'forecasts', h.horizon,
    case when not t.publishing or p.expected is null or p.expected = 0 then null else p.there = p.expected end,
    jsonb_build_object('session', p.session_date, 'expected', coalesce(p.expected, 0), 'there', coalesce(p.there, 0), 'missing', m.names,
      'without_bars', coalesce(p.bare, 0)),
    p.last_issued,
    case
      when not t.publishing then 'publishing_enabled is false: nothing is forecast'
      when p.expected is null or p.expected = 0 then
        format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day', h.horizon)
      else format('%s of %s forecasts of the session of %s are there%s', p.there, p.expected, p.session_dates, coalesce('; missing: ' || (
        select string_agg(x.name, ', ' order by x.place) from jsonb_array_elements_text(m.names) with ordinality x(name, place)), '')
        || case when p.expected - p.there > jsonb_array_length(m.names)
          then format(' and %s more', p.expected - p.there - jsonb_array_length(m.names)) else '' end)
    end
  from listed h
  cross join settings t
  left join forecasts p on p.horizon = h.horizon
  cross join lateral (
    select coalesce(jsonb_agg(format('%s %s (%s)', x.symbol, x.ensemble, x.state) order by x.symbol, x.ensemble), '[]') as names
    from (
      select y.symbol, y.ensemble, y.state from missing y where y.horizon = h.horizon order by y.symbol, y.ensemble limit 20
    ) x
  ) m

  union all
  select 9, 'bars', h.horizon, case when p.behind is null then null else p.behind = 0 end,
    jsonb_build_object('session', p.session_date, 'symbols', p.symbols, 'symbols_behind', p.symbols_behind, 'most_sessions_behind', p.behind,
      'of', p.slowest, 'newest_bar', p.newest),
    p.newest,
    case
      when p.behind is null then format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day',
        h.horizon)
      when p.behind = 0 then format('all %s symbols have the session of %s', p.symbols, p.session_dates)
      else format('%s of %s symbols lack the session of %s; %s is %s sessions behind', p.symbols_behind, p.symbols, p.session_dates,
        p.slowest, p.behind)
    end
  from listed h
  cross join lateral (
    select max(x.session_date) as session_date, string_agg(distinct x.session_date::text, ', ') as session_dates,
      coalesce(sum(x.symbols), 0) as symbols,
      coalesce(sum(x.symbols) filter (where x.sessions_behind > 0), 0) as symbols_behind, max(x.sessions_behind) as behind,
      (array_agg(x.first_symbol order by x.sessions_behind desc, x.first_symbol))[1] as slowest, max(x.newest_bar) as newest
    from behind x where x.horizon = h.horizon
  ) p

  union all
  select 10, 'publishing', null, t.publishing, jsonb_build_object('publishing_enabled', t.publishing), null::timestamptz,
    case when t.publishing then 'forecasts are planned and published' else 'the kill switch is on: nothing is planned or published' end
  from settings t

  union all
  -- What comes with the code is renewed with it; an exchange publishes its closures a year or two ahead.
  select 11, 'calendar', null, bool_and(c.known_until > (now() + case c.source when 'rules' then interval '1 year' else interval '60 days' end)::date),
    jsonb_build_object('known_until', min(c.known_until), 'of', (array_agg(c.name order by c.known_until, c.name))[1],
      'calendars', jsonb_object_agg(c.name, c.known_until)), null::timestamptz,
    format('the trading calendar %s knows every session until %s%s', (array_agg(c.name order by c.known_until, c.name))[1], min(c.known_until),
      case when count(*) > 1 then format(', and is the first of %s in use to end', count(*)) else '' end)
  from public.calendars c
  where c.name = 'XNYS' or (select max(s.calendar) from public.symbols s where s.calendar = c.name and s.active) is not null

  union all
  select 12, 'alerts', null,
    case
      when d.failed + d.unknown + d.overdue > 0 then false
      when d.delivered = 0 then null
      else true
    end,
    jsonb_build_object('delivered_24_hours', d.delivered, 'failed_24_hours', d.failed, 'unknown_24_hours', d.unknown,
      'skipped_24_hours', d.skipped, 'waiting', d.waiting, 'waiting_half_an_hour', d.overdue, 'latest_reason', d.reason), d.last_delivered,
    format('of the last day''s alerts %s were delivered, %s failed, %s may not have arrived, %s were skipped; %s wait%s', d.delivered, d.failed,
      d.unknown, d.skipped, d.waiting, coalesce('; the latest: ' || d.reason, ''))
  from (
    select
      count(*) filter (where x.status = 'delivered') as delivered,
      count(*) filter (where x.status = 'failed') as failed,
      count(*) filter (where x.status = 'unknown') as unknown,
      count(*) filter (where x.status = 'skipped') as skipped,
      count(*) filter (where x.status in ('waiting', 'sent')) as waiting,
      count(*) filter (where x.status in ('waiting', 'sent') and x.created_at < now() - interval '30 minutes') as overdue,
      max(x.delivered_at) as last_delivered,
      (array_agg(x.reason order by x.id desc) filter (where x.reason is not null))[1] as reason
    from public.alert_deliveries x
    where x.level <> 'digest' and (x.created_at > now() - interval '1 day' or x.status in ('waiting', 'sent'))
  ) d

  union all
  -- Until a forecast from the new bars is there, current_forecasts has none of the symbol.
  select 13, 'restatements', null,
    case
      when not t.publishing or d.restated = 0 then null
      else d.since is null or d.since > now() - make_interval(mins => t.deadline_minutes)
    end,
    jsonb_build_object('restated_7_days', d.restated, 'waiting', d.waiting, 'since', d.since, 'first', d.first), null::timestamptz,
    format('of %s series that were restated in 7 days %s wait%s for a forecast from the new bars%s', d.restated, d.waiting,
      case when d.waiting = 1 then 's' else '' end,
      case when d.waiting > 0 then format(', since %s min: %s', greatest(floor(extract(epoch from now() - d.since) / 60), 0), array_to_string(d.first, ', '))
        || case when d.waiting > 20 then format(' and %s more', d.waiting - 20) else '' end else '' end)
  from settings t
  cross join (
    select count(*) as restated, count(*) filter (where w.waits) as waiting, min(w.restated_at) filter (where w.waits) as since,
      coalesce((array_agg(w.name order by w.restated_at, w.name) filter (where w.waits))[1:20], '{}') as first
    from (
      select b.restated_at, format('%s %s', v.symbol, v.horizon) as name,
        exists (
          select from public.forecasts x
          where x.symbol_id = b.symbol_id and x.horizon = b.timeframe and x.ensemble = e.ensemble and x.config_hash = e.config_hash)
        and not exists (
          select from public.forecasts x
          where x.symbol_id = b.symbol_id and x.horizon = b.timeframe and x.ensemble = e.ensemble and x.config_hash = e.config_hash
            and x.data_cutoff >= b.restated_to and x.issued_at >= b.restated_at) as waits
      from public.bar_series b
      join public.vw_serving_ensembles v on v.symbol_id = b.symbol_id and v.horizon = b.timeframe
      join public.ensembles e on e.ensemble = v.ensemble and e.active
      where b.restated_to is not null and b.restated_at > now() - interval '7 days'
    ) w
  ) d

  union all
  select 14, 'gaps', null,
    case when exists (select from public.bar_series b join public.symbols x on x.id = b.symbol_id and x.active) then d.noticed = 0 end,
    jsonb_build_object('bars', d.bars, 'series', d.lacking, 'noticed_7_days', d.noticed, 'newest', d.newest), null::timestamptz,
    case
      when d.bars = 0 then 'no series lacks a bar that its calendar has'
      else format('bars that calendars have and series lack (bar_gaps): %s, in %s series, %s of them noticed in 7 days; the newest: %s', d.bars, d.lacking,
        d.noticed, d.newest)
    end
  from (
    select count(*) as bars, count(distinct (g.symbol_id, g.timeframe)) as lacking, count(*) filter (where g.noticed_at > now() - interval '7 days') as noticed,
      (array_agg(format('%s %s of %s', s.symbol, g.timeframe, (g.bar_time at time zone 'UTC')::date) order by g.bar_time desc, s.symbol))[1] as newest
    from public.bar_gaps g
    join public.symbols s on s.id = g.symbol_id and s.active
  ) d
)
select
  c.check_name,
  c.subject,
  v.ok,
  case when v.ok is null then 'insufficient' when v.ok then 'ok' else 'failing' end as status,
  c.figures,
  c.last_good_at,
  c.sentence
from checks c
cross join setup u
-- What was never configured does not fail for want of a schedule.
cross join lateral (
  select case when u.there or u.ticked or c.check_name not in ('cron', 'slot', 'forecasts', 'bars') then c.ok end as ok
) v
-- A user who may not see these rows would find all checks failing.
where (select internal.may_read_operations())
order by c.place, c.subject;
comment on view public.vw_run_health is
  'Whether what runs unattended does run: one row per check (configuration, cron, slot, queue, dead_jobs, leases, workers, requests, forecasts, bars, '
  'publishing, calendar, alerts, restatements, gaps), computed from rows and from now(). docs/operations.md says what to do about each.';
comment on column public.vw_run_health.check_name is 'The check.';
comment on column public.vw_run_health.subject is 'Cron job, slot or horizon that it is about; null when there is but one.';
comment on column public.vw_run_health.ok is 'Whether all is well; null when there is nothing to tell it by.';
comment on column public.vw_run_health.status is 'ok, failing, or insufficient: nothing is known.';
comment on column public.vw_run_health.figures is 'What it was told by.';
comment on column public.vw_run_health.last_good_at is 'When it was last seen well, UTC; null when never, or where that means nothing.';
comment on column public.vw_run_health.sentence is 'The same in words.';

revoke all on public.vw_run_health from anon, authenticated, service_role;
grant select on public.vw_run_health to authenticated, service_role;
