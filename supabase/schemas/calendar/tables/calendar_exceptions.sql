-- New York's trading calendar. Its rules are code (src/shared/calendars/new-york-rules.ts), which calendar/rows is written from; what the
-- exchange announces beside them an operator adds, and the schedule heeds it at once.
create table public.calendar_exceptions (
  session_date date not null,
  kind text not null,
  reason text not null,
  source text not null,
  announced_at timestamptz,
  primary key (session_date, source),
  constraint calendar_exceptions_kind_known check (kind in ('closed', 'half_day')),
  constraint calendar_exceptions_reason_is_given check (btrim(reason) <> ''),
  constraint calendar_exceptions_source_known check (source in ('rules', 'operator')),
  constraint calendar_exceptions_operators_say_when check ((source = 'operator') = (announced_at is not null)),
  -- At weekends there is no session that could be closed.
  constraint calendar_exceptions_are_weekdays check (extract(isodow from session_date) < 6)
);
comment on table public.calendar_exceptions is
  'Weekdays on which the New York Stock Exchange does not trade, or closes at 13:00, and why. Every other weekday is a full session. Where '
  'two rows speak of one date, closed wins.';
comment on column public.calendar_exceptions.session_date is 'The date in New York.';
comment on column public.calendar_exceptions.kind is 'closed: no session. half_day: the session closes at 13:00 New York time.';
comment on column public.calendar_exceptions.reason is 'The holiday, or what was announced.';
comment on column public.calendar_exceptions.source is
  'rules: written from the calendar of the code. operator: added by announce_closure.';
comment on column public.calendar_exceptions.announced_at is 'When an operator added it, UTC; null for rules.';

alter table public.calendar_exceptions enable row level security;
create policy calendar_exceptions_are_read_by_users on public.calendar_exceptions for select to authenticated using (true);
revoke all on public.calendar_exceptions from anon, authenticated, service_role;
grant select on public.calendar_exceptions to authenticated, service_role;
