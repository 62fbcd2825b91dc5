-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- series/tables/symbols.sql
-- The registry: which symbols are forecast, on which horizons, in which rollout stage.
create table public.symbols (
  id bigint generated always as identity primary key,
  symbol text not null unique,
  name text,
  active boolean not null default true,
  stage text not null default 'full',
  horizons text[] not null default '{1D}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- What repeats the ticker beside the id refers to both, so that they cannot disagree.
  constraint symbols_id_and_symbol unique (id, symbol),
  constraint symbols_symbol_format check (symbol ~ '^[A-Z0-9][A-Z0-9._-]{0,15}$'),
  constraint symbols_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint symbols_horizons_known check (horizons <@ array['1D', '4h', '8h'] and cardinality(horizons) > 0)
);
comment on table public.symbols is 'The registry of symbols: what is forecast, on which horizons, and in which rollout stage.';
comment on column public.symbols.id is 'Surrogate key.';
comment on column public.symbols.symbol is 'Ticker, upper case: 1 to 16 of A-Z, 0-9, dot, underscore, hyphen.';
comment on column public.symbols.name is 'Name for people, if known.';
comment on column public.symbols.active is 'Only active symbols are planned by the schedule.';
comment on column public.symbols.stage is 'Rollout stage in which the symbol joins: canary, limited or full.';
comment on column public.symbols.horizons is
  'Horizons that are forecast: 1D, 4h, 8h (regular trading hours). A symbol''s first half-session bars add 4h and 8h.';
comment on column public.symbols.created_at is 'Registered, UTC.';
comment on column public.symbols.updated_at is 'Last change, UTC.';

create trigger symbols_touch before update on public.symbols
for each row execute function internal.touch_updated_at();

alter table public.symbols enable row level security;
create policy symbols_are_read_by_users on public.symbols for select to authenticated using (true);
revoke all on public.symbols from anon, authenticated, service_role;
grant select on public.symbols to authenticated, service_role;

-- series/tables/bar_gaps.sql
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

-- series/tables/bars.sql
create table public.bars (
  symbol_id bigint not null references public.symbols (id),
  timeframe text not null,
  bar_time timestamptz not null,
  open double precision not null,
  high double precision not null,
  low double precision not null,
  close double precision not null,
  volume double precision,
  provider text not null,
  feed text not null,
  adjustment text not null,
  ingested_at timestamptz not null default now(),
  primary key (symbol_id, timeframe, bar_time),
  constraint bars_adjustment_known check (adjustment in ('raw', 'split', 'dividend', 'all')),
  constraint bars_prices_are_finite_and_positive check (
    open > 0 and high > 0 and low > 0 and close > 0
    and open < 'infinity' and high < 'infinity' and low < 'infinity' and close < 'infinity'
  ),
  constraint bars_time_is_finite check (isfinite(bar_time)),
  constraint bars_source_is_named check (provider <> '' and feed <> ''),
  constraint bars_high_is_not_below_low check (high >= low),
  constraint bars_open_and_close_lie_between check (
    open between low and high and close between low and high
  ),
  constraint bars_volume_is_not_negative check (volume is null or (volume >= 0 and volume < 'infinity')),
  constraint bars_days_start_at_midnight_utc check (
    timeframe <> '1D' or bar_time = date_trunc('day', bar_time, 'UTC')
  ),
  constraint bars_timeframe_known check (timeframe in ('1D', '4h', '8h')),
  constraint bars_half_sessions_start_with_one check (
    timeframe = '1D' or (bar_time at time zone 'America/New_York')::time = '09:30'
    or (timeframe = '4h' and (bar_time at time zone 'America/New_York')::time = '13:30')
  )
);
comment on table public.bars is 'Price bars by symbol and timeframe; one provider, feed and adjustment per series, never mixed.';
comment on column public.bars.symbol_id is 'The symbol.';
comment on column public.bars.timeframe is
  '1D: one session. 4h: half a session. 8h: from one session''s 13:30 in New York to the next one''s, made from bars of 4h.';
comment on column public.bars.bar_time is
  'UTC. For 1D midnight UTC of the session''s date at the exchange; for 4h the bar''s start, 09:30 or 13:30 in New York; for 8h the '
  'start of the first half that it ends with.';
comment on column public.bars.open is 'First price, in the instrument''s currency (index points for an index).';
comment on column public.bars.high is 'Highest price, same unit.';
comment on column public.bars.low is 'Lowest price, same unit.';
comment on column public.bars.close is 'Last price, same unit.';
comment on column public.bars.volume is 'Units traded; null where the source has none.';
comment on column public.bars.provider is 'Where the bar came from: csv, alpaca, tiingo.';
comment on column public.bars.feed is 'The provider''s feed, or file for csv.';
comment on column public.bars.adjustment is 'What prices are adjusted for: raw, split, dividend, all.';
comment on column public.bars.ingested_at is 'When this version of the bar was stored, UTC.';

alter table public.bars enable row level security;
create policy bars_are_read_by_users on public.bars for select to authenticated using (true);
revoke all on public.bars from anon, authenticated, service_role;
grant select on public.bars to authenticated, service_role;

-- series/functions/count_bars.sql
-- Where a moment lies in a series: what a fit reads of further symbols ends where its own series ends.
create or replace function public.count_bars(
  p_symbols text[],
  p_timeframe text,
  p_until timestamptz
) returns table (symbol text, bars bigint)
language sql stable security definer set search_path = ''
as $$
  select s.symbol, count(*)
  from public.symbols s
  join public.bars b on b.symbol_id = s.id
  where s.symbol = any (p_symbols) and b.timeframe = p_timeframe and b.bar_time <= p_until
  group by s.symbol
$$;
comment on function public.count_bars(text[], text, timestamptz) is
  'How many bars each symbol has up to p_until, that moment included; a symbol without any is not among them.';
revoke execute on function public.count_bars(text[], text, timestamptz) from public, anon, authenticated;
grant execute on function public.count_bars(text[], text, timestamptz) to service_role;

-- series/functions/derive_eight_hour_bars.sql
create or replace function internal.derive_eight_hour_bars(p_symbol_id bigint) returns void
language plpgsql set search_path = ''
as $$
begin
  -- A bar ends with every first half and holds the half sessions since the first half before it.
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
  'since the first half before it; the first bar needs an afternoon. Bars that did not change keep their ingested_at. '
  'Twin: eightHourSeries (src/shared/series/eight-hour-bars.ts), compared in test/end-to-end/half-sessions.test.ts.';
revoke execute on function internal.derive_eight_hour_bars(bigint) from public;

-- series/functions/forget_series.sql
create or replace function public.forget_series(p_symbol text, p_timeframe text) returns bigint
language plpgsql security definer set search_path = ''
as $$
declare
  v_symbol_id bigint;
  v_deleted bigint;
begin
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol_id is null then
    perform internal.refuse(404, 'unknown_symbol', format('There is no symbol %s', p_symbol));
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

-- series/functions/ingest_bars.sql
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
    perform internal.refuse(400, 'no_bars', 'The upload holds no bars');
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

-- series/functions/read_series.sql
create or replace function public.read_series(
  p_symbol text,
  p_timeframe text,
  p_offset bigint default 0,
  p_limit bigint default null
) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'symbol', p_symbol,
    'timeframe', p_timeframe,
    'times', coalesce(jsonb_agg(
      to_char(b.bar_time at time zone 'UTC',
        case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI:SS"Z"' end)
      order by b.bar_time), '[]'),
    'open', coalesce(jsonb_agg(b.open order by b.bar_time), '[]'),
    'high', coalesce(jsonb_agg(b.high order by b.bar_time), '[]'),
    'low', coalesce(jsonb_agg(b.low order by b.bar_time), '[]'),
    'close', coalesce(jsonb_agg(b.close order by b.bar_time), '[]'),
    'volume', coalesce(jsonb_agg(b.volume order by b.bar_time), '[]'))
  from (
    select x.bar_time, x.open, x.high, x.low, x.close, x.volume
    from public.bars x
    join public.symbols s on s.id = x.symbol_id
    where s.symbol = p_symbol and x.timeframe = p_timeframe
    order by x.bar_time
    offset p_offset
    limit p_limit
  ) b
$$;
comment on function public.read_series(text, text, bigint, bigint) is
  'Bars of one symbol by column, oldest first, from ordinal p_offset (0 is the first): one row, whatever the number of bars.';
revoke execute on function public.read_series(text, text, bigint, bigint) from public, anon, authenticated;
grant execute on function public.read_series(text, text, bigint, bigint) to service_role;

-- series/functions/timeframe_of.sql
create or replace function internal.timeframe_of(p_horizon text) returns text
language sql immutable set search_path = ''
as $$
  select p_horizon
$$;
comment on function internal.timeframe_of(text) is
  'The timeframe of the bars that a horizon is forecast from, one bar ahead: each has its own.';
revoke execute on function internal.timeframe_of(text) from public;
-- Views that are read with their reader's rights call it; the schema itself stays closed.
grant execute on function internal.timeframe_of(text) to authenticated, service_role;
