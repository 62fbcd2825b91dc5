-- What the calendars' rules do not say. New York's holidays are code (src/shared/calendars/new-york-rules.ts), which calendar/rows is written
-- from; an uploaded calendar brings its own. What an exchange announces beside them an operator adds, and the schedule heeds it at once.
create table public.calendar_exceptions (
  session_date date not null,
  kind text not null,
  reason text not null,
  source text not null,
  announced_at timestamptz,
  calendar text not null default 'XNYS' references public.calendars (name),
  primary key (calendar, session_date, source),
  constraint calendar_exceptions_kind_known check (kind in ('closed', 'half_day')),
  constraint calendar_exceptions_reason_is_given check (btrim(reason) <> ''),
  constraint calendar_exceptions_source_known check (source in ('rules', 'upload', 'operator')),
  constraint calendar_exceptions_operators_say_when check ((source = 'operator') = (announced_at is not null))
);
comment on table public.calendar_exceptions is
  'Dates on which an exchange does not trade although its calendar''s rule has a session, or closes early, and why. Where two rows speak of '
  'one date, closed wins.';
comment on column public.calendar_exceptions.session_date is 'The date at the exchange.';
comment on column public.calendar_exceptions.kind is 'closed: no session. half_day: the session closes at the calendar''s half_day_close, 13:00 in New York.';
comment on column public.calendar_exceptions.reason is 'The holiday, or what was announced.';
comment on column public.calendar_exceptions.source is
  'rules: written from the calendar of the code. upload: came with the calendar, by store_calendar. operator: added by announce_closure.';
comment on column public.calendar_exceptions.announced_at is 'When an operator added it, UTC; null for rules and uploads.';
comment on column public.calendar_exceptions.calendar is 'The calendar.';

alter table public.calendar_exceptions enable row level security;
create policy calendar_exceptions_are_read_by_users on public.calendar_exceptions for select to authenticated using (true);
revoke all on public.calendar_exceptions from anon, authenticated, service_role;
grant select on public.calendar_exceptions to authenticated, service_role;
