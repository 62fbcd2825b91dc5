-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- calendar/functions/days_of_calendars_in_use.sql
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

-- calendar/functions/set_calendar.sql
create or replace function public.set_calendar(p_symbol text, p_calendar text, p_actor text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_symbol public.symbols;
  v_result jsonb;
begin
  perform internal.require_calendar(p_calendar);
  select s.* into v_symbol from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol.id is null then
    perform internal.refuse(404, 'unknown_symbol', format('There is no symbol %s', quote_nullable(left(p_symbol, 40))));
  elsif p_calendar <> 'XNYS' and (v_symbol.horizons <> '{1D}'
    or exists (select from public.bar_series b where b.symbol_id = v_symbol.id and b.timeframe <> '1D')) then
    perform internal.refuse(409, 'half_sessions_are_new_yorks', format(
      '%s has half sessions (4h, 8h), which are New York''s: its calendar stays XNYS. Upload its daily bars under another symbol', p_symbol));
  end if;
  v_result := jsonb_build_object('symbol', p_symbol, 'calendar', p_calendar, 'was', v_symbol.calendar, 'changed', v_symbol.calendar <> p_calendar);
  if v_symbol.calendar = p_calendar then
    return v_result;
  end if;
  update public.symbols s set calendar = p_calendar where s.id = v_symbol.id;
  insert into public.calendar_changes (actor, calendar, symbol_id, figures) values (v_actor, p_calendar, v_symbol.id, v_result);
  -- What was made by the calendar before is for sessions that are none, or leaves some out.
  perform internal.recount_series(v_symbol.id, b.timeframe, true) from public.bar_series b where b.symbol_id = v_symbol.id;
  perform internal.plan_restated(array[v_symbol.id]);
  return v_result;
end
$$;
comment on function public.set_calendar(text, text, text) is
  'Gives a symbol its trading calendar: sessions, gaps, deadlines and scoring go by it from now on. Forecasts that were made by another one serve nobody '
  'any more, and new ones are planned. {symbol, calendar, was, changed}. Raises no_actor, '
  'unknown_calendar, unknown_symbol, half_sessions_are_new_yorks.';
revoke execute on function public.set_calendar(text, text, text) from public, anon, authenticated;
grant execute on function public.set_calendar(text, text, text) to service_role;

-- forecasts/views/vw_expected_cutoffs.sql
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

