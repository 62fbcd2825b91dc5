create or replace function internal.closed_because(p_date date, p_calendar text default 'XNYS') returns text
language plpgsql stable set search_path = ''
as $$
declare
  v_calendar public.calendars;
begin
  select c.* into v_calendar from public.calendars c where c.name = p_calendar;
  if v_calendar.name is null then
    perform internal.refuse(404, 'unknown_calendar', format('There is no calendar %s: upload it with store_calendar', p_calendar));
  end if;
  if v_calendar.rule <> 'every_day' and extract(isodow from p_date) = 6 then
    return 'Saturday';
  elsif v_calendar.rule <> 'every_day' and extract(isodow from p_date) = 7 then
    return 'Sunday';
  end if;
  -- Beyond what it knows every date of its rule would be a session.
  if p_date not between v_calendar.known_from and v_calendar.known_until then
    perform internal.refuse(400, 'calendar_ends', format('The calendar %s knows %s to %s, not %s', p_calendar, v_calendar.known_from,
      v_calendar.known_until, p_date));
  end if;
  return (
    select e.reason from public.calendar_exceptions e
    where e.calendar = p_calendar and e.session_date = p_date and e.kind = 'closed'
    order by e.source limit 1);
end
$$;
comment on function internal.closed_because(date, text) is
  'Why there is no session on a date by a calendar: Saturday, Sunday, the holiday or what was announced; null for a session. Raises '
  'unknown_calendar, calendar_ends. '
  'Twin: newYorkException (src/shared/calendars/new-york-rules.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.closed_because(date, text) from public;
