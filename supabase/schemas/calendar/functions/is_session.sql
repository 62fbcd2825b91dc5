create or replace function internal.is_session(p_date date, p_calendar text default 'XNYS') returns boolean
language sql stable set search_path = ''
as $$
  select internal.closed_because(p_date, p_calendar) is null
$$;
comment on function internal.is_session(date, text) is 'Whether a date has a session by a calendar. Raises unknown_calendar, calendar_ends.';
revoke execute on function internal.is_session(date, text) from public;
