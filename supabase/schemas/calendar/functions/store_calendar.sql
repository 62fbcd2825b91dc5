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
