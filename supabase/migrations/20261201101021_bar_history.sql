-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- Made by hand: tables and what is dropped.
drop function public.ingest_bars(text, text, text, text, text, jsonb);
alter table public.bars drop constraint bars_adjustment_known;
alter table public.bars add constraint bars_adjustment_known check (adjustment in ('raw', 'split', 'dividend', 'all', 'unknown')) not valid;
comment on column public.bars.adjustment is 'What prices are adjusted for: raw, split, dividend, all; unknown where the source does not say.';

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

  insert into public.symbols (symbol)
  select p_symbol where not exists (select from public.symbol_renames r where r.old_symbol = p_symbol)
  on conflict (symbol) do nothing;
  -- The lock makes two uploads of one symbol take turns, so that a series never mixes two of them.
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol_id is null then
    perform internal.refuse(409, 'symbol_renamed', (
      select format('%s was renamed to %s on %s: send its bars under that name', r.old_symbol, r.new_symbol,
        (r.renamed_at at time zone 'UTC')::date)
      from public.symbol_renames r where r.old_symbol = p_symbol order by r.id desc limit 1));
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
  if p_stored_at <> v_before.stored_at then
    perform internal.refuse(409, 'series_changed', format(
      '%s %s was changed at %s, after the upload was checked against its bars of %s: send it again',
      p_symbol, p_timeframe, internal.utc_text(v_before.stored_at), internal.utc_text(p_stored_at)));
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
  'from now on, and the answer counts what was deleted. p_adjustment null: what is stored, unknown for a new series. p_stored_at: stored_at of the '
  'series that the upload was checked against. Bars of 4h bring those of 8h with them (`derived` in the answer), and a symbol''s first bars of a '
  'timeframe the horizons that are forecast from them. Raises no_bars, derived_timeframe, symbol_renamed, series_changed, mixed_sources, '
  'restated_history; all or nothing.';
revoke execute on function public.ingest_bars(text, text, text, text, text, jsonb, boolean, text, timestamptz) from public, anon, authenticated;
grant execute on function public.ingest_bars(text, text, text, text, text, jsonb, boolean, text, timestamptz) to service_role;

-- series/functions/lacking_bars.sql
create or replace function internal.lacking_bars(p_symbol_id bigint, p_timeframe text, p_times timestamptz[]) returns text
language sql stable set search_path = ''
as $$
  select case when count(*) > 0 then format('%s of %s stored bars (%s%s, from %s to %s)',
    count(*), (select s.bars from public.bar_series s where s.symbol_id = p_symbol_id and s.timeframe = p_timeframe),
    string_agg(l.name, ', ' order by l.bar_time) filter (where l.place <= 5),
    case when count(*) > 5 then format(' and %s more', count(*) - 5) else '' end,
    min(l.name), max(l.name)) end
  from (
    select b.bar_time, row_number() over (order by b.bar_time) as place,
      to_char(b.bar_time at time zone 'UTC', case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD HH24:MI' end) as name
    from public.bars b
    left join unnest(p_times) i(bar_time) on i.bar_time = b.bar_time
    where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe and i.bar_time is null
  ) l
$$;
comment on function internal.lacking_bars(bigint, text, timestamptz[]) is
  'Which stored bars are not among p_times, in words: how many of how many, the first five and the span; null when none is lacking.';
revoke execute on function internal.lacking_bars(bigint, text, timestamptz[]) from public;

-- series/functions/stored_bars_around.sql
-- Where an upload joins what is stored: the gate checks both together.
create or replace function public.stored_bars_around(
  p_symbol text,
  p_timeframe text,
  p_first timestamptz,
  p_last timestamptz,
  p_margin integer
) returns jsonb
language sql stable security definer set search_path = ''
as $$
  with series as (
    select b.symbol_id, b.timeframe, b.stored_at
    from public.symbols s
    join public.bar_series b on b.symbol_id = s.id and b.timeframe = p_timeframe
    where s.symbol = p_symbol
  ), around as (
    (select x.* from public.bars x join series s on s.symbol_id = x.symbol_id and s.timeframe = x.timeframe
     where x.bar_time < p_first order by x.bar_time desc limit p_margin)
    union all
    (select x.* from public.bars x join series s on s.symbol_id = x.symbol_id and s.timeframe = x.timeframe
     where x.bar_time between p_first and p_last)
    union all
    (select x.* from public.bars x join series s on s.symbol_id = x.symbol_id and s.timeframe = x.timeframe
     where x.bar_time > p_last order by x.bar_time limit p_margin)
  )
  select jsonb_build_object(
    'stored_at', (select s.stored_at from series s),
    'times', coalesce(jsonb_agg(
      to_char(b.bar_time at time zone 'UTC',
        case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI:SS"Z"' end)
      order by b.bar_time), '[]'),
    'open', coalesce(jsonb_agg(b.open order by b.bar_time), '[]'),
    'high', coalesce(jsonb_agg(b.high order by b.bar_time), '[]'),
    'low', coalesce(jsonb_agg(b.low order by b.bar_time), '[]'),
    'close', coalesce(jsonb_agg(b.close order by b.bar_time), '[]'),
    'volume', coalesce(jsonb_agg(b.volume order by b.bar_time), '[]'))
  from around b
$$;
comment on function public.stored_bars_around(text, text, timestamptz, timestamptz, integer) is
  'The stored bars from p_margin bars before p_first to p_margin bars after p_last, by column as read_series gives them, and stored_at, which '
  'ingest_bars takes as p_stored_at. stored_at is null, and the columns are empty, where nothing is stored.';
revoke execute on function public.stored_bars_around(text, text, timestamptz, timestamptz, integer) from public, anon, authenticated;
grant execute on function public.stored_bars_around(text, text, timestamptz, timestamptz, integer) to service_role;

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
  v_lacking text;
  v_stored jsonb;
  v_gaps integer;
begin
  select s.id into strict v_symbol_id from public.symbols s where s.symbol = v_symbol for update;
  if v_whole then
    v_lacking := internal.lacking_bars(v_symbol_id, v_timeframe, array(
      select (i.value ->> 0)::timestamptz from jsonb_array_elements(p_result -> 'bars') i));
    if v_lacking is not null then
      perform internal.refuse(409, 'restated_history', format(
        'The whole series that %s gave of %s %s lacks %s: nothing was stored. A restated series must hold every stored bar; where they were never true, '
        'forget_series makes room for the new series', v_source ->> 'provider', v_symbol, v_timeframe, v_lacking));
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
  '(restated_history). Raises what ingest_bars raises; the source is the one the job was planned with.';
revoke execute on function internal.store_ingestion(public.jobs, jsonb) from public;
