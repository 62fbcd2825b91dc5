create or replace function internal.closed_because(p_date date, p_calendar text default 'XNYS') returns text
language plpgsql stable set search_path = ''
as $$
declare
  v_closed text;
begin
  perform internal.require_calendar(p_calendar);
  select d.closed_because into v_closed from internal.calendar_days(p_calendar, p_date, p_date) d;
  if v_closed is null and not exists (
    select from public.calendars c where c.name = p_calendar and p_date between c.known_from and c.known_until) then
    -- Beyond what it knows every date of its rule would be a session.
    perform internal.refuse(400, 'calendar_ends', (
      select format('The calendar %s knows %s to %s, not %s', c.name, c.known_from, c.known_until, p_date)
      from public.calendars c where c.name = p_calendar));
  end if;
  return v_closed;
end
$$;
comment on function internal.closed_because(date, text) is
  'Why there is no session on a date by a calendar: Saturday, Sunday, the holiday or what was announced; null for a session. Raises '
  'unknown_calendar, calendar_ends. '
  'Twin: newYorkException (src/shared/calendars/new-york-rules.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.closed_because(date, text) from public;
