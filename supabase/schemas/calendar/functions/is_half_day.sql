create or replace function internal.is_half_day(p_date date) returns boolean
language sql stable set search_path = ''
as $$
  select coalesce(bool_and(e.kind = 'half_day'), false) from public.calendar_exceptions e where e.session_date = p_date
$$;
comment on function internal.is_half_day(date) is 'Whether New York''s session of a date closes at 13:00; false when there is no session. '
  'Twin: isHalfDay (src/shared/calendars/sessions.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.is_half_day(date) from public;
