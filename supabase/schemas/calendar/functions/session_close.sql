create or replace function internal.session_close(p_date date, p_calendar text default 'XNYS') returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  if internal.closed_because(p_date, p_calendar) is not null then
    return null;
  end if;
  return (select d.closes_at from internal.calendar_days(p_calendar, p_date, p_date) d);
end
$$;
comment on function internal.session_close(date, text) is
  'When the session of a date closes by a calendar, its half days earlier; null when there is no session. Raises unknown_calendar, calendar_ends. '
  'Twin: sessionClose (src/shared/calendars/sessions.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.session_close(date, text) from public;
