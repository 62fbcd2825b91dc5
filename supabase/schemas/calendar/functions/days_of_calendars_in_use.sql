-- Nor may one upload stop the schedule of everybody: where an uploaded calendar ends, its rule alone goes on (see the check calendar of vw_run_health).
create or replace function internal.days_of_calendars_in_use(p_from date, p_until date) returns table (
  calendar text, session_date date, closed_because text, is_half_day boolean, closes_at timestamptz)
language plpgsql stable rows 40 set search_path = '' set jit = off
as $$
declare
  v_new_york public.calendars;
begin
  select c.* into v_new_york from public.calendars c where c.name = 'XNYS';
  if p_from < v_new_york.known_from or p_until > v_new_york.known_until then
    perform internal.refuse(400, 'calendar_ends', format('The calendar XNYS knows %s to %s, not %s', v_new_york.known_from, v_new_york.known_until,
      case when p_from < v_new_york.known_from then p_from else p_until end));
  end if;
  return query
    select u.name, d.*
    from (
      -- By an index, which exists would not take.
      select c.name from public.calendars c where (select max(s.calendar) from public.symbols s where s.calendar = c.name and s.active) is not null
      union all
      select 'XNYS' where not exists (select from public.symbols s where s.active)
    ) u
    cross join lateral internal.calendar_days(u.name, p_from, p_until) d;
end
$$;
comment on function internal.days_of_calendars_in_use(date, date) is
  'The dates from p_from to p_until, as calendar_days gives them, by every calendar that an active symbol has; New York''s where no symbol is active. Raises '
  'calendar_ends beyond New York''s calendar.';
revoke execute on function internal.days_of_calendars_in_use(date, date) from public;
