-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- calendar/functions/announce_closure.sql
create or replace function public.announce_closure(p_date date, p_reason text, p_kind text default 'closed', p_calendar text default 'XNYS')
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_closed text := internal.closed_because(p_date, p_calendar);
begin
  if p_kind is null or p_kind not in ('closed', 'half_day') then
    perform internal.refuse(400, 'unknown_kind', format('A closure is closed or half_day, not %s', p_kind));
  end if;
  if p_reason is null or btrim(p_reason) = '' then
    perform internal.refuse(400, 'no_reason', 'A closure needs its reason: it is what skipped slots will say');
  end if;
  if p_kind = 'half_day' and (select c.half_day_close from public.calendars c where c.name = p_calendar) is null then
    perform internal.refuse(409, 'no_half_days', format('The calendar %s has no half days: it does not say when one closes', p_calendar));
  end if;
  if v_closed is not null and not exists (
    select from public.calendar_exceptions e
    where e.calendar = p_calendar and e.session_date = p_date and e.source = 'operator' and e.kind = 'closed') then
    perform internal.refuse(409, 'no_session', format('%s is no session of %s: %s', p_date, p_calendar, v_closed));
  end if;
  insert into public.calendar_exceptions (calendar, session_date, kind, reason, source, announced_at)
  values (p_calendar, p_date, p_kind, btrim(p_reason), 'operator', now())
  on conflict (calendar, session_date, source) do update
    set kind = excluded.kind, reason = excluded.reason, announced_at = excluded.announced_at;
  perform internal.note_gaps_of_date(p_calendar, p_date);
  return jsonb_build_object('calendar', p_calendar, 'date', p_date, 'kind', p_kind, 'reason', btrim(p_reason));
end
$$;
comment on function public.announce_closure(date, text, text, text) is
  'Adds a closure (or, with half_day, an early close) that an exchange announced to its calendar, with its reason; the schedule heeds it at once. '
  'Repeating it with another reason or kind corrects it. Raises unknown_kind, no_reason, no_half_days, no_session, unknown_calendar, calendar_ends.';
revoke execute on function public.announce_closure(date, text, text, text) from public, anon, authenticated;
grant execute on function public.announce_closure(date, text, text, text) to service_role;

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

-- calendar/functions/note_gaps_of_date.sql
create or replace function internal.note_gaps_of_date(p_calendar text, p_date date) returns void
language plpgsql set search_path = ''
as $$
begin
  perform internal.note_gaps(b.symbol_id, b.timeframe, d.begins, d.begins + interval '1 day')
  from public.symbols s
  join public.bar_series b on b.symbol_id = s.id
  cross join (select p_date::timestamp at time zone 'UTC' as begins) d
  where s.calendar = p_calendar and b.first_bar_time < d.begins + interval '1 day' and b.last_bar_time >= d.begins;
end
$$;
comment on function internal.note_gaps_of_date(text, date) is
  'Keeps bar_gaps of a date where a calendar says something else of it than before: of the symbols that go by it, and have bars from before and after.';
revoke execute on function internal.note_gaps_of_date(text, date) from public;

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
  perform internal.recount_gaps(v_symbol.id);
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

-- calendar/functions/store_calendar.sql
create or replace function public.store_calendar(
  p_name text,
  p_time_zone text,
  p_close time,
  p_half_day_close time,
  p_known_from date,
  p_known_until date,
  p_closures jsonb,
  p_actor text,
  p_rule text default 'weekdays'
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_before public.calendars;
  v_given integer;
  v_twice date;
  v_result jsonb;
begin
  perform internal.require_calendar_definition(p_name, p_rule, p_time_zone, p_close, p_half_day_close, p_known_from, p_known_until);
  -- Uploads of one name come one after another.
  perform pg_advisory_xact_lock(hashtext('plumbline.calendar:' || p_name));
  select c.* into v_before from public.calendars c where c.name = p_name;
  insert into public.calendars as c (name, rule, time_zone, close_time, half_day_close, known_from, known_until, source)
  values (p_name, p_rule, p_time_zone, p_close, p_half_day_close, p_known_from, p_known_until, 'operator')
  on conflict (name) do update set rule = excluded.rule, time_zone = excluded.time_zone, close_time = excluded.close_time,
    half_day_close = excluded.half_day_close, known_from = excluded.known_from, known_until = excluded.known_until;

  create temporary table given on commit drop as
  select c.session_date, min(c.kind) as kind, max(c.kind) as other_kind, min(c.reason) as reason
  from internal.read_closures(p_closures, p_half_day_close, p_known_from, p_known_until) c
  group by c.session_date;
  select count(*), min(g.session_date) filter (where g.kind <> g.other_kind) into v_given, v_twice from pg_temp.given g;
  if v_twice is not null then
    perform internal.refuse(400, 'invalid_closures', format('%s is given as closed and as half_day: give it once', v_twice));
  end if;
  -- Lists of holidays have those on weekends too.
  delete from pg_temp.given g where p_rule = 'weekdays' and extract(isodow from g.session_date) > 5;

  with removed as (
    delete from public.calendar_exceptions e
    where e.calendar = p_name and e.source = 'upload' and not exists (select from pg_temp.given g where g.session_date = e.session_date)
    returning 1
  ), stored as (
    insert into public.calendar_exceptions as e (calendar, session_date, kind, reason, source)
    select p_name, g.session_date, g.kind, g.reason, 'upload' from pg_temp.given g
    on conflict (calendar, session_date, source) do update set kind = excluded.kind, reason = excluded.reason
    where (e.kind, e.reason) is distinct from (excluded.kind, excluded.reason)
    returning xmax = 0 as is_new
  )
  select jsonb_build_object(
    'calendar', p_name, 'is_new', v_before.name is null,
    'closures', (select count(*) from pg_temp.given),
    'left_out', v_given - (select count(*) from pg_temp.given),
    'added', count(*) filter (where s.is_new), 'changed', count(*) filter (where not s.is_new),
    'removed', (select count(*) from removed),
    'redefined', v_before.name is not null and (
      v_before.rule, v_before.time_zone, v_before.close_time, v_before.half_day_close, v_before.known_from, v_before.known_until)
      is distinct from (p_rule, p_time_zone, p_close, p_half_day_close, p_known_from, p_known_until))
  into v_result
  from stored s;
  drop table pg_temp.given;

  if v_result @> '{"is_new": false, "redefined": false, "added": 0, "changed": 0, "removed": 0}' then
    return v_result;
  end if;
  insert into public.calendar_changes (actor, calendar, figures) values (v_actor, p_name, v_result);
  perform internal.recount_gaps(s.id) from public.symbols s where s.calendar = p_name;
  return v_result;
end
$$;
comment on function public.store_calendar(text, text, time, time, date, date, jsonb, text, text) is
  'Stores an exchange''s calendar whole: its time zone (IANA), its closes there (24:00: the midnight that ends the date; the half days'' is null where there are none), '
  'the dates that it knows, and its closures in them, [[date, closed or half_day, reason], ...]. p_rule: weekdays, or every_day where weekends may be sessions. '
  'Again: its closures become those given; what was announced beside them stays. {calendar, is_new, closures, left_out (on weekends), added, changed, removed, redefined}. '
  'Raises no_actor, built_in_calendar, invalid_calendar, invalid_closures.';
revoke execute on function public.store_calendar(text, text, time, time, date, date, jsonb, text, text) from public, anon, authenticated;
grant execute on function public.store_calendar(text, text, time, time, date, date, jsonb, text, text) to service_role;

-- calendar/functions/withdraw_closure.sql
create or replace function public.withdraw_closure(p_date date, p_calendar text default 'XNYS') returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_row public.calendar_exceptions;
begin
  delete from public.calendar_exceptions e
  where e.calendar = p_calendar and e.session_date = p_date and e.source = 'operator' returning e.* into v_row;
  if v_row.session_date is null then
    perform internal.refuse(404, 'not_announced', format('No operator announced anything for %s by the calendar %s', p_date, p_calendar));
  end if;
  perform internal.note_gaps_of_date(p_calendar, p_date);
  return jsonb_build_object('calendar', v_row.calendar, 'date', v_row.session_date, 'kind', v_row.kind, 'reason', v_row.reason);
end
$$;
comment on function public.withdraw_closure(date, text) is
  'Takes back what announce_closure added for a date. Raises not_announced: what the code''s calendar knows is changed in the code, what was '
  'uploaded is uploaded anew.';
revoke execute on function public.withdraw_closure(date, text) from public, anon, authenticated;
grant execute on function public.withdraw_closure(date, text) to service_role;

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
