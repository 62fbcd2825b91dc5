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
  restated_at timestamptz not null default '-infinity',
  restated_to timestamptz,
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
comment on column public.bar_series.stored_at is 'When the series last changed, UTC: bars came, changed or went.';
comment on column public.bar_series.provider is 'Where they came from.';
comment on column public.bar_series.feed is 'The provider''s feed.';
comment on column public.bar_series.adjustment is 'What their prices are adjusted for.';
comment on column public.bar_series.restated_at is
  'When a stored bar last changed or went, or else when the series began, UTC. What was made of the bars before is of another series: it serves nobody. '
  'Bars that are added leave it as it is.';
comment on column public.bar_series.restated_to is
  'last_bar_time of that moment: no forecast from the series as it is now begins earlier. Null where no stored bar ever changed or went.';

-- Who waits for new forecasts, asked every minute.
create index bar_series_restated on public.bar_series (restated_at) where restated_to is not null;

alter table public.bar_series enable row level security;
create policy bar_series_are_read_by_users on public.bar_series for select to authenticated using (true);
revoke all on public.bar_series from anon, authenticated, service_role;
grant select on public.bar_series to authenticated, service_role;
