create or replace function internal.expected_bars(p_calendar text, p_timeframe text, p_from date, p_until date)
returns table (session_date date, bar_time timestamptz)
language sql stable set search_path = ''
as $$
  -- The start of a half session: the second one begins where the first one ends, at 13:30, and a half day has none.
  select d.session_date, t.bar_time
  from public.calendars c
  cross join lateral internal.calendar_days(c.name, greatest(p_from, c.known_from), least(p_until, c.known_until)) d
  cross join lateral (
    select d.session_date::timestamp at time zone 'UTC' where p_timeframe = '1D'
    union all
    select (d.session_date + h.start) at time zone c.time_zone
    from (values (time '09:30', false), (time '13:30', true)) h(start, is_second)
    where p_timeframe = '4h' and not (h.is_second and d.is_half_day)
  ) t(bar_time)
  where c.name = p_calendar and d.closed_because is null
$$;
comment on function internal.expected_bars(text, text, date, date) is
  'The bars of 1D or 4h that a calendar''s sessions from p_from to p_until should have, but for dates that the calendar does not know.';
revoke execute on function internal.expected_bars(text, text, date, date) from public;
