create or replace function internal.is_half_day(p_date date, p_calendar text default 'XNYS') returns boolean
language sql stable set search_path = ''
as $$
  select d.closed_because is null and d.is_half_day from internal.calendar_days(p_calendar, p_date, p_date) d
$$;
comment on function internal.is_half_day(date, text) is 'Whether the session of a date closes at the calendar''s half_day_close (13:00 in New York); false '
  'when there is no session. '
  'Twin: isHalfDay (src/shared/calendars/sessions.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.is_half_day(date, text) from public;
