create or replace function internal.forecast_origins(p_from date, p_until date) returns table (
  session_date date, horizon text, data_cutoff timestamptz, ends_at timestamptz, calendar text)
language sql stable set search_path = '' set jit = off
as $$
  select d.session_date, o.horizon, o.data_cutoff, o.ends_at, d.calendar
  from internal.days_of_calendars_in_use(p_from, p_until) d
  cross join lateral (
    select '1D', d.session_date::timestamp at time zone 'UTC', d.closes_at
    union all
    select '4h', internal.new_york_time(d.session_date, '09:30'), internal.new_york_time(d.session_date, case when d.is_half_day then '13:00'::time else '13:30' end)
    where d.calendar = 'XNYS'
    union all
    select '4h', internal.new_york_time(d.session_date, '13:30'), internal.new_york_time(d.session_date, '16:00')
    where d.calendar = 'XNYS' and not d.is_half_day
    union all
    -- From a half day's close, two half sessions ahead is 1D and not 8h.
    select '8h', internal.new_york_time(d.session_date, '09:30'), internal.new_york_time(d.session_date, '13:30')
    where d.calendar = 'XNYS' and not d.is_half_day
  ) o(horizon, data_cutoff, ends_at)
  where d.closed_because is null
$$;
comment on function internal.forecast_origins(date, date) is
  'Where forecasts begin in the sessions of those dates, by calendar in use and horizon: bar_time of the bar that they are made from, and when it ends. Two a '
  'session for 4h, one on a half day; none for 8h on a half day. Raises calendar_ends. '
  'Twin: halfSessions (src/shared/series/half-sessions.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.forecast_origins(date, date) from public;
