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
