create table public.calendar_changes (
  id bigint generated always as identity primary key,
  changed_at timestamptz not null default now(),
  actor text not null,
  calendar text not null references public.calendars (name),
  symbol_id bigint references public.symbols (id),
  figures jsonb not null
);
comment on table public.calendar_changes is
  'Calendars that were uploaded and that symbols were given, one row each time: who, when, what. Written by store_calendar and set_calendar.';
comment on column public.calendar_changes.id is 'Order.';
comment on column public.calendar_changes.changed_at is 'When, UTC.';
comment on column public.calendar_changes.actor is 'Who changed it.';
comment on column public.calendar_changes.calendar is 'The calendar that was uploaded, or given to the symbol.';
comment on column public.calendar_changes.symbol_id is 'The symbol that was given it; null for an upload.';
comment on column public.calendar_changes.figures is 'What the function answered: what changed.';

create index calendar_changes_by_calendar on public.calendar_changes (calendar, id);
create index calendar_changes_by_symbol on public.calendar_changes (symbol_id) where symbol_id is not null;

alter table public.calendar_changes enable row level security;
create policy calendar_changes_are_read_by_operators on public.calendar_changes for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.calendar_changes from anon, authenticated, service_role;
grant select on public.calendar_changes to authenticated, service_role;
