create or replace function internal.session_close(p_date date, p_calendar text default 'XNYS') returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  if internal.closed_because(p_date, p_calendar) is not null then
    return null;
  end if;
  return (
    -- A time of 24:00 is the midnight that ends the date.
    select (p_date + case when internal.is_half_day(p_date, p_calendar) then c.half_day_close else c.close_time end) at time zone c.time_zone
    from public.calendars c where c.name = p_calendar);
end
$$;
comment on function internal.session_close(date, text) is
  'When the session of a date closes by a calendar, its half days earlier; null when there is no session. Raises unknown_calendar, calendar_ends. '
  'Twin: sessionClose (src/shared/calendars/sessions.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.session_close(date, text) from public;
