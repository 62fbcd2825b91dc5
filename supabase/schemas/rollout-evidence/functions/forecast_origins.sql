create or replace function internal.forecast_origins(p_from date, p_until date) returns table (
  session_date date, horizon text, data_cutoff timestamptz, ends_at timestamptz)
language sql stable set search_path = '' set jit = off
as $$
  select d.date, o.horizon, o.data_cutoff, o.ends_at
  from (
    select g.day::date as date, internal.is_half_day(g.day::date) as is_half
    from generate_series(p_from::timestamp, p_until::timestamp, interval '1 day') g(day)
    where internal.closed_because(g.day::date) is null
  ) d
  cross join lateral (
    select '1D', d.date::timestamp at time zone 'UTC', internal.session_close(d.date)
    union all
    select '4h', internal.new_york_time(d.date, '09:30'), internal.new_york_time(d.date, case when d.is_half then '13:00'::time else '13:30' end)
    union all
    select '4h', internal.new_york_time(d.date, '13:30'), internal.new_york_time(d.date, '16:00') where not d.is_half
    union all
    -- From a half day's close, two half sessions ahead is 1D and not 8h.
    select '8h', internal.new_york_time(d.date, '09:30'), internal.new_york_time(d.date, '13:30') where not d.is_half
  ) o(horizon, data_cutoff, ends_at)
$$;
comment on function internal.forecast_origins(date, date) is
  'Where forecasts begin in the sessions of those dates, by horizon: bar_time of the bar that they are made from, and when it ends. Two a '
  'session for 4h, one on a half day; none for 8h on a half day. Raises calendar_ends. '
  'Twin: halfSessions (src/shared/series/half-sessions.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.forecast_origins(date, date) from public;
