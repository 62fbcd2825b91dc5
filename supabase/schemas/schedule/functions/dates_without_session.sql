create or replace function internal.dates_without_session(p_from date, p_until date) returns table (closed_date date, because text)
language sql stable set search_path = '' set jit = off
as $$
  select d.session_date,
    case when count(distinct d.closed_because) = 1 then min(d.closed_because)
      else string_agg(format('%s: %s', d.calendar, d.closed_because), '; ' order by d.calendar) end
  from internal.days_of_calendars_in_use(p_from, p_until) d
  group by d.session_date
  having bool_and(d.closed_because is not null)
$$;
comment on function internal.dates_without_session(date, date) is
  'The dates from p_from to p_until on which no calendar of an active symbol has a session, and why: the reason of each calendar where they differ. Raises '
  'calendar_ends.';
revoke execute on function internal.dates_without_session(date, date) from public;
