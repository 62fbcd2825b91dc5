create table public.scheduled_events (
  symbol_id bigint not null,
  symbol text not null,
  event_date date not null,
  kind text not null default 'earnings',
  time_of_day text,
  known_at timestamptz,
  source text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (symbol_id, event_date, kind),
  foreign key (symbol_id, symbol) references public.symbols (id, symbol) on update cascade,
  constraint scheduled_events_date_is_plausible check (event_date between '1800-01-01' and '2200-01-01'),
  constraint scheduled_events_kind_format check (kind ~ '^[a-z][a-z0-9_]{0,31}$'),
  constraint scheduled_events_time_known check (time_of_day in ('before', 'after')),
  -- Twin: isKnownAfter (src/shared/market-data/event-files/known-at.ts), compared in test/database/scheduled-events.test.ts.
  constraint scheduled_events_known_by_their_date check (
    isfinite(known_at) and known_at <= (event_date + 1)::timestamp at time zone 'America/New_York'
  ),
  constraint scheduled_events_source_is_short check (source <> '' and length(source) <= 100)
);
comment on table public.scheduled_events is
  'What moves a symbol''s price on a date that is known beforehand, such as earnings. Written by store_scheduled_events, or by hand in Studio: '
  'symbol and event_date are enough. A forecast sees an event only if it was known at the forecast''s cutoff.';
comment on column public.scheduled_events.symbol_id is 'The symbol; filled in from its ticker.';
comment on column public.scheduled_events.symbol is 'Its ticker.';
comment on column public.scheduled_events.event_date is
  'The date at the exchange. Where that has no session, the next session has the event.';
comment on column public.scheduled_events.kind is 'Events of one kind move the price alike: earnings, or a word of one''s own.';
comment on column public.scheduled_events.time_of_day is
  'before: before the session opens. after: after it has closed. Null where it is not known.';
comment on column public.scheduled_events.known_at is
  'Since when the date is known, UTC. Null for history of which nobody wrote it down: then it counts as known from the close of the session '
  'before. An event that is still to come gets the moment at which it was stored.';
comment on column public.scheduled_events.source is 'Who says so; null where nobody did.';
comment on column public.scheduled_events.created_at is 'Stored, UTC.';
comment on column public.scheduled_events.updated_at is 'Last change, UTC.';

create trigger scheduled_events_touch before update on public.scheduled_events
for each row execute function internal.touch_updated_at();

alter table public.scheduled_events enable row level security;
create policy scheduled_events_are_read_by_users on public.scheduled_events for select to authenticated using (true);
revoke all on public.scheduled_events from anon, authenticated, service_role;
grant select on public.scheduled_events to authenticated, service_role;
