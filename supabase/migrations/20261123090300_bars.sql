-- Bars: prices as they were received, and how they are taken in and read.

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
  constraint bars_timeframe_known check (timeframe in ('1D', '4h')),
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
  )
);
comment on table public.bars is 'Price bars by symbol and timeframe; one provider, feed and adjustment per series, never mixed.';
comment on column public.bars.symbol_id is 'The symbol.';
comment on column public.bars.timeframe is '1D: one session. 4h: half a session.';
comment on column public.bars.bar_time is
  'UTC. For 1D midnight UTC of the session''s date at the exchange; for 4h the bar''s start.';
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
grant select on public.bars to authenticated, service_role;

create function internal.timeframe_of(p_horizon text) returns text
language sql immutable set search_path = ''
as $$
  select case when p_horizon = '1D' then '1D' else '4h' end
$$;
comment on function internal.timeframe_of(text) is 'The timeframe of the bars that a horizon is forecast from.';

create function public.ingest_bars(
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

  select count(*), min(b.bar_time), max(b.bar_time) into v_total, v_first, v_last
  from public.bars b where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe;

  drop table pg_temp.incoming;
  return jsonb_build_object(
    'symbol', p_symbol, 'timeframe', p_timeframe,
    'given', v_given, 'inserted', v_inserted, 'changed', v_changed, 'stored', v_total,
    'first', v_first, 'last', v_last,
    'stored_at', (
      select max(b.ingested_at) from public.bars b
      where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe));
end
$$;
comment on function public.ingest_bars(text, text, text, text, text, jsonb) is
  'Stores bars ([[time, open, high, low, close, volume], ...]) of one symbol, registering it if new. Repeating an upload changes '
  'nothing. Raises no_bars, mixed_sources, restated_history; all or nothing.';
grant execute on function public.ingest_bars(text, text, text, text, text, jsonb) to service_role;

create function public.read_series(
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
grant execute on function public.read_series(text, text, bigint, bigint) to service_role;
