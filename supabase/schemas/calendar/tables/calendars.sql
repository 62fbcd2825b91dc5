-- On which dates an exchange has a session, and when that closes. A calendar's rule says which dates may be sessions; rows of
-- calendar_exceptions take some out, or shorten them.
create table public.calendars (
  name text primary key,
  rule text not null,
  time_zone text not null,
  close_time time not null,
  half_day_close time,
  known_from date not null,
  known_until date not null,
  source text not null,
  constraint calendars_name_format check (name = '24/7' or name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$'),
  constraint calendars_rule_known check (rule in ('new_york', 'every_day', 'weekdays')),
  constraint calendars_new_york_is_code check (rule <> 'new_york' or source = 'rules'),
  constraint calendars_half_days_are_shorter check (half_day_close < close_time),
  constraint calendars_end_after_they_begin check (known_until >= known_from),
  constraint calendars_source_known check (source in ('rules', 'operator'))
);
comment on table public.calendars is
  'The trading calendars: XNYS (New York), 24/7 (every day in UTC), weekdays (currencies), and those that were uploaded. A symbol has one of them.';
comment on column public.calendars.name is 'Name: XNYS, 24/7, weekdays, or an uploaded one such as XPAR.';
comment on column public.calendars.rule is
  'Which dates are sessions but for calendar_exceptions. new_york and weekdays: Monday to Friday. every_day: every date.';
comment on column public.calendars.time_zone is 'IANA time zone of its dates and closes.';
comment on column public.calendars.close_time is 'When a session closes there; 24:00 is the midnight that ends its date.';
comment on column public.calendars.half_day_close is 'When a half day closes; null where it has none.';
comment on column public.calendars.known_from is 'The first date that it knows.';
comment on column public.calendars.known_until is 'The last date that it knows.';
comment on column public.calendars.source is 'rules: written from the calendars of the code. operator: uploaded by store_calendar.';

alter table public.calendars enable row level security;
create policy calendars_are_read_by_users on public.calendars for select to authenticated using (true);
revoke all on public.calendars from anon, authenticated, service_role;
grant select on public.calendars to authenticated, service_role;
