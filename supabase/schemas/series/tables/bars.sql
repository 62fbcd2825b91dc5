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
  constraint bars_adjustment_known check (adjustment in ('raw', 'split', 'dividend', 'all', 'unknown')),
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
comment on column public.bars.provider is 'Where the bar came from: csv, alpaca, tiingo, cboe.';
comment on column public.bars.feed is 'The provider''s feed, or file for csv.';
comment on column public.bars.adjustment is 'What prices are adjusted for: raw, split, dividend, all; unknown where the source does not say.';
comment on column public.bars.ingested_at is 'When this version of the bar was stored, UTC.';

alter table public.bars enable row level security;
-- Users call read_bars.
revoke all on public.bars from anon, authenticated, service_role;
grant select on public.bars to service_role;
