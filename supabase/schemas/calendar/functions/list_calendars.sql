create or replace function public.list_calendars() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_agg(internal.calendar_rules(c.name) order by c.source desc, c.name) from public.calendars c
$$;
comment on function public.list_calendars() is
  'All calendars as bar_rules gives them, those of the code first: [{name, rule, time_zone, close, half_day_close, known_from, known_until, exceptions}, ...].';
revoke execute on function public.list_calendars() from public, anon, authenticated;
grant execute on function public.list_calendars() to service_role;
