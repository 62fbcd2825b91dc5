begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.expected_bars');
create function pg_temp.expected(p_calendar text, p_timeframe text, p_from date, p_until date) returns text[] language sql as $$
  select array_agg(to_char(e.bar_time at time zone 'UTC', 'MM-DD HH24:MI') order by e.bar_time)
  from internal.expected_bars(p_calendar, p_timeframe, p_from, p_until) e
$$;
-- Thanksgiving, the half day after it, a weekend.
select is(pg_temp.expected('XNYS', '1D', '2025-11-26', '2025-12-01'), '{11-26 00:00,11-28 00:00,12-01 00:00}', 'sessions of New York');
select is(pg_temp.expected('XNYS', '4h', '2025-11-26', '2025-12-01'),
  '{11-26 14:30,11-26 18:30,11-28 14:30,12-01 14:30,12-01 18:30}', 'and their halves, of a half day the first');
select is(pg_temp.expected('24/7', '1D', '2025-11-28', '2025-11-30'), '{11-28 00:00,11-29 00:00,11-30 00:00}', 'every day');
select is(pg_temp.expected('weekdays', '1D', '2025-11-27', '2025-11-30'), '{11-27 00:00,11-28 00:00}', 'weekdays');
select is(pg_temp.expected('XNYS', '1D', '1992-12-28', '1993-01-05'), '{01-04 00:00,01-05 00:00}', 'none that the calendar does not know');

select * from finish();
rollback;
