-- In plpgsql, which keeps its plan: a function in SQL is planned at each call.
create or replace function internal.calendar_days(p_calendar text, p_from date, p_until date) returns table (
  session_date date, closed_because text, is_half_day boolean, closes_at timestamptz)
language plpgsql stable rows 20 set search_path = '' set jit = off
as $$
begin
  return query
    select d.date, d.closed_because, d.is_half_day,
      -- 24:00 is the midnight that ends the date.
      case when d.closed_because is null then (d.date + case when d.is_half_day then coalesce(d.half_day_close, d.close_time) else d.close_time end) at time zone d.time_zone end
    from (
      select g.date, c.half_day_close, c.close_time, c.time_zone, coalesce(x.is_half_day, false) as is_half_day,
        coalesce(case when c.rule <> 'every_day' then (array['Saturday', 'Sunday'])[extract(isodow from g.date)::integer - 5] end, x.reason)
          as closed_because
      from public.calendars c
      cross join (select g.day::date as date from generate_series(p_from::timestamp, p_until::timestamp, interval '1 day') g(day)) g
      left join (
        select e.session_date, (array_agg(e.reason order by e.source) filter (where e.kind = 'closed'))[1] as reason,
          bool_and(e.kind = 'half_day') as is_half_day
        from public.calendar_exceptions e
        where e.calendar = p_calendar and e.session_date between p_from and p_until
        group by e.session_date
      ) x on x.session_date = g.date
      where c.name = p_calendar
    ) d;
end
$$;
comment on function internal.calendar_days(text, date, date) is
  'The dates from p_from to p_until by a calendar, a row each: why there is no session (null for one), whether it is a half day, and when it closes. '
  'Outside of what the calendar knows it goes by its rule alone. No rows for a calendar that is not there. '
  'Twin: sessionClose (src/shared/calendars/sessions.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.calendar_days(text, date, date) from public;
-- vw_expected_cutoffs and vw_run_health are read with their reader's rights and call it; the schema itself stays closed.
grant execute on function internal.calendar_days(text, date, date) to authenticated, service_role;
