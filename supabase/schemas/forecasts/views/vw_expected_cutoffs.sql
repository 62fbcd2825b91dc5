create or replace view public.vw_expected_cutoffs with (security_invoker = true) as
with session as (
  -- Few calendars are in use, however many symbols there are: max looks each up in an index, exists would look through the symbols.
  select distinct on (c.name) c.name as calendar, d.session_date as date, d.is_half_day as half_day
  from public.calendars c
  cross join lateral internal.calendar_days(
    c.name, (now() at time zone c.time_zone)::date - 14, (now() at time zone c.time_zone)::date) d
  where (c.name = 'XNYS' or (select max(s.calendar) from public.symbols s where s.calendar = c.name and s.active) is not null)
    and d.closes_at + make_interval(mins => (
      select (t.value #>> '{}')::integer from public.settings t where t.name = 'forecast_deadline_minutes')) <= now()
  order by c.name, d.session_date desc
)
select h.horizon, l.date as session_date, h.cutoff as expected_cutoff, l.calendar
from session l
cross join lateral (values
  ('1D', l.date::timestamp at time zone 'UTC'),
  ('4h', case when l.calendar = 'XNYS' then (l.date + case when l.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York' end),
  ('8h', case when l.calendar = 'XNYS' and not l.half_day then (l.date + '09:30'::time) at time zone 'America/New_York' end)
) h(horizon, cutoff)
where h.cutoff is not null
  and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? h.horizon)
  and (select internal.may_read_operations());
comment on view public.vw_expected_cutoffs is
  'The bar from which forecasts were last due, by calendar in use and horizon: of its last session whose deadline (close and forecast_deadline_minutes) has passed. None for 8h from a half '
  'day''s close.';
comment on column public.vw_expected_cutoffs.horizon is 'Horizon.';
comment on column public.vw_expected_cutoffs.session_date is 'The session.';
comment on column public.vw_expected_cutoffs.expected_cutoff is 'bar_time of its last bar that a forecast over the horizon starts from, UTC.';
comment on column public.vw_expected_cutoffs.calendar is 'The trading calendar: New York''s, and those that active symbols have.';

revoke all on public.vw_expected_cutoffs from anon, authenticated, service_role;
grant select on public.vw_expected_cutoffs to authenticated, service_role;
