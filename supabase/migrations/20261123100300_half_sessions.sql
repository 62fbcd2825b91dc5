-- Half sessions: the horizons 4h and 8h. Bars of 8h are made from those of 4h as they come in, so that planning, counting and
-- reading need not know of them.

alter table public.bars drop constraint bars_timeframe_known;
alter table public.bars add constraint bars_timeframe_known check (timeframe in ('1D', '4h', '8h')) not valid;
-- Clock bars may be there from an earlier version, which took them: what is there is not looked at.
alter table public.bars add constraint bars_half_sessions_start_with_one check (
  timeframe = '1D' or (bar_time at time zone 'America/New_York')::time = '09:30'
  or (timeframe = '4h' and (bar_time at time zone 'America/New_York')::time = '13:30')
) not valid;
comment on column public.bars.timeframe is
  '1D: one session. 4h: half a session. 8h: from one session''s 13:30 in New York to the next one''s, made from bars of 4h.';
comment on column public.bars.bar_time is
  'UTC. For 1D midnight UTC of the session''s date at the exchange; for 4h the bar''s start, 09:30 or 13:30 in New York; for 8h the '
  'start of the first half that it ends with.';

comment on column public.symbols.horizons is
  'Horizons that are forecast: 1D, 4h, 8h (regular trading hours). A symbol''s first half-session bars add 4h and 8h.';
comment on column public.forecasts.target_time is
  'When the horizon ends, UTC: the close of the target session (1D), the end of the next half session (4h), 13:30 in New York of '
  'the next session (8h; 13:00 on a half day).';

update public.settings
set value = '{"4h": {"train": 500, "validation": 125, "test": 125, "step": 125},
  "8h": {"train": 375, "validation": 125, "test": 125, "step": 125}}'::jsonb || value
where name = 'window_sizes';

create or replace function internal.timeframe_of(p_horizon text) returns text
language sql immutable set search_path = ''
as $$
  select p_horizon
$$;
comment on function internal.timeframe_of(text) is
  'The timeframe of the bars that a horizon is forecast from, one bar ahead: each has its own.';

create function internal.derive_eight_hour_bars(p_symbol_id bigint) returns void
language plpgsql set search_path = ''
as $$
begin
  -- A bar ends with every first half and holds the half sessions since the first half before it; see eightHourBars in
  -- src/shared/series/eight-hour-bars.ts, which does the same.
  create temporary table derived on commit drop as
  with halves as (
    select b.*, (b.bar_time at time zone 'America/New_York')::time = '09:30' as is_first
    from public.bars b where b.symbol_id = p_symbol_id and b.timeframe = '4h'
  ), numbered as (
    select h.*, count(*) filter (where h.is_first) over (
      order by h.bar_time rows between unbounded preceding and 1 preceding) as bar
    from halves h
  )
  select max(n.bar_time) as bar_time,
    (array_agg(n.open order by n.bar_time))[1] as open, max(n.high) as high, min(n.low) as low,
    (array_agg(n.close order by n.bar_time desc))[1] as close,
    case when count(n.volume) = count(*) then sum(n.volume order by n.bar_time) end as volume,
    max(n.provider) as provider, max(n.feed) as feed, max(n.adjustment) as adjustment
  from numbered n
  group by n.bar
  having bool_or(n.is_first) and (n.bar > 0 or count(*) > 1);

  delete from public.bars b
  where b.symbol_id = p_symbol_id and b.timeframe = '8h'
    and not exists (select from pg_temp.derived d where d.bar_time = b.bar_time);

  insert into public.bars as b (
    symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment)
  select p_symbol_id, '8h', d.bar_time, d.open, d.high, d.low, d.close, d.volume, d.provider, d.feed, d.adjustment
  from pg_temp.derived d
  on conflict (symbol_id, timeframe, bar_time) do update
    set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume,
      provider = excluded.provider, feed = excluded.feed, adjustment = excluded.adjustment, ingested_at = now()
    where (b.open, b.high, b.low, b.close, b.volume, b.provider, b.feed, b.adjustment) is distinct from (
      excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume, excluded.provider, excluded.feed,
      excluded.adjustment);
  drop table pg_temp.derived;
end
$$;
comment on function internal.derive_eight_hour_bars(bigint) is
  'Makes a symbol''s bars of 8h from its bars of 4h as they are now: a bar ends with every first half and holds the half sessions '
  'since the first half before it; the first bar needs an afternoon. Bars that did not change keep their ingested_at.';

create or replace function public.ingest_bars(
  p_symbol text,
  p_timeframe text,
  p_provider text,
  p_feed text,
  p_adjustment text,
  p_bars jsonb
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_symbol_id bigint;
  v_given bigint;
  v_first timestamptz;
  v_last timestamptz;
  v_changed bigint;
  v_inserted bigint;
  v_total bigint;
  v_stored record;
begin
  if jsonb_typeof(p_bars) is distinct from 'array' or jsonb_array_length(p_bars) = 0 then
    perform internal.refuse(400, 'no_bars', 'the upload holds no bars');
  end if;
  if p_timeframe = '8h' then
    perform internal.refuse(400, 'derived_timeframe', '8h bars are made from 4h bars, which are to be sent instead');
  end if;

  insert into public.symbols (symbol) values (p_symbol) on conflict (symbol) do nothing;
  -- The lock makes two uploads of one symbol take turns, so that a series never mixes two of them.
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol for update;

  create temporary table incoming on commit drop as
  select
    (b.value ->> 0)::timestamptz as bar_time,
    (b.value ->> 1)::double precision as open,
    (b.value ->> 2)::double precision as high,
    (b.value ->> 3)::double precision as low,
    (b.value ->> 4)::double precision as close,
    (b.value ->> 5)::double precision as volume
  from jsonb_array_elements(p_bars) b;

  select count(*), min(i.bar_time), max(i.bar_time) into v_given, v_first, v_last from pg_temp.incoming i;

  select min(b.bar_time) as first, max(b.bar_time) as last,
    max(b.provider) as provider, max(b.feed) as feed, max(b.adjustment) as adjustment
  into v_stored
  from public.bars b where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe;

  if v_stored.provider is not null
    and (v_stored.provider, v_stored.feed, v_stored.adjustment)
      is distinct from (p_provider, p_feed, p_adjustment) then
    perform internal.refuse(409, 'mixed_sources', format(
      '%s %s is stored from %s/%s/%s; bars from %s/%s/%s cannot be mixed with it',
      p_symbol, p_timeframe, v_stored.provider, v_stored.feed, v_stored.adjustment,
      p_provider, p_feed, p_adjustment));
  end if;

  select count(*) into v_changed
  from pg_temp.incoming i
  join public.bars b on b.symbol_id = v_symbol_id and b.timeframe = p_timeframe and b.bar_time = i.bar_time
  where (b.open, b.high, b.low, b.close, b.volume) is distinct from (i.open, i.high, i.low, i.close, i.volume);

  if v_changed > 0 and (v_first > v_stored.first or v_last < v_stored.last) then
    perform internal.refuse(409, 'restated_history', format(
      '%s of the bars differ from what is stored for %s %s; a restated series must be given whole, from %s to %s',
      v_changed, p_symbol, p_timeframe, v_stored.first, v_stored.last));
  end if;

  -- A restated series replaces the stored one whole: bars that the new version lacks must not survive in it.
  if v_changed > 0 then
    delete from public.bars b
    where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe
      and not exists (select from pg_temp.incoming i where i.bar_time = b.bar_time);
  end if;

  insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment)
  select v_symbol_id, p_timeframe, i.bar_time, i.open, i.high, i.low, i.close, i.volume, p_provider, p_feed, p_adjustment
  from pg_temp.incoming i
  on conflict (symbol_id, timeframe, bar_time) do nothing;
  get diagnostics v_inserted = row_count;

  if v_changed > 0 then
    update public.bars b
    set open = i.open, high = i.high, low = i.low, close = i.close, volume = i.volume, ingested_at = now()
    from pg_temp.incoming i
    where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe and b.bar_time = i.bar_time
      and (b.open, b.high, b.low, b.close, b.volume) is distinct from (i.open, i.high, i.low, i.close, i.volume);
  end if;

  if p_timeframe = '4h' then
    perform internal.derive_eight_hour_bars(v_symbol_id);
  end if;
  -- Its first bars of a timeframe bring a symbol the horizons that are forecast from them; what an operator takes away later
  -- stays away.
  if v_stored.first is null then
    update public.symbols s
    set horizons = (
      select array_agg(k.horizon order by k.place)
      from unnest(array['1D', '4h', '8h']) with ordinality k(horizon, place)
      where k.horizon = any (s.horizons) or k.horizon = p_timeframe or (p_timeframe = '4h' and k.horizon = '8h'))
    where s.id = v_symbol_id;
  end if;

  select count(*), min(b.bar_time), max(b.bar_time) into v_total, v_first, v_last
  from public.bars b where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe;

  drop table pg_temp.incoming;
  return jsonb_build_object(
    'symbol', p_symbol, 'timeframe', p_timeframe,
    'given', v_given, 'inserted', v_inserted, 'changed', v_changed, 'stored', v_total,
    'first', v_first, 'last', v_last,
    'stored_at', (
      select max(b.ingested_at) from public.bars b
      where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe))
    || coalesce((
      select jsonb_build_object('derived', jsonb_build_object(
        'timeframe', '8h', 'stored', count(*), 'first', min(b.bar_time), 'last', max(b.bar_time),
        'stored_at', max(b.ingested_at)))
      from public.bars b
      where b.symbol_id = v_symbol_id and b.timeframe = '8h' and p_timeframe = '4h'
      having count(*) > 0), '{}');
end
$$;
comment on function public.ingest_bars(text, text, text, text, text, jsonb) is
  'Stores bars ([[time, open, high, low, close, volume], ...]) of one symbol, registering it if new. Repeating an upload changes '
  'nothing. Bars of 4h bring those of 8h with them (`derived` in the answer), and a symbol''s first bars of a timeframe the '
  'horizons that are forecast from them. Raises no_bars, derived_timeframe, mixed_sources, restated_history; all or nothing.';
revoke execute on function public.ingest_bars(text, text, text, text, text, jsonb) from public, anon, authenticated;
grant execute on function public.ingest_bars(text, text, text, text, text, jsonb) to service_role;

create function internal.is_half_day(p_date date) returns boolean
language sql immutable set search_path = ''
as $$
  select case extract(month from p_date)
    when 7 then extract(day from p_date) = 3
    -- The day after the fourth Thursday: a Friday from the 23rd to the 29th.
    when 11 then extract(isodow from p_date) = 5 and extract(day from p_date) between 23 and 29
    when 12 then extract(day from p_date) = 24
    else false
  end
$$;
comment on function internal.is_half_day(date) is
  'Whether a session of New York on that date closes at 13:00, by the rules since 2013. Only to be asked of days with a session.';

create function internal.not_issued_from(p_horizon text, p_bar_time timestamptz) returns boolean
language sql stable set search_path = ''
as $$
  select p_horizon = '8h' and internal.is_half_day((p_bar_time at time zone 'America/New_York')::date)
$$;
comment on function internal.not_issued_from(text, timestamptz) is
  'Whether no forecast over a horizon begins at the end of a bar: from a half day''s close, two half sessions ahead is 1D and not 8h.';
