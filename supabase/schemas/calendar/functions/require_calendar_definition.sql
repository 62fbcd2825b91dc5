create or replace function internal.require_calendar_definition(
  p_name text, p_rule text, p_time_zone text, p_close time, p_half_day_close time, p_known_from date, p_known_until date
) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_fault text;
begin
  if exists (select from public.calendars c where c.name = p_name and c.source = 'rules') then
    perform internal.refuse(409, 'built_in_calendar', format('%s is a calendar of the code: upload yours under another name', p_name));
  end if;
  v_fault := case
    when coalesce(p_name !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$', true)
      then format('A calendar''s name has 1 to 32 of letters, digits, dot, underscore and hyphen, not "%s"', left(p_name, 40))
    when coalesce(p_rule not in ('weekdays', 'every_day'), true) then format('A calendar''s rule is weekdays or every_day, not "%s"', left(p_rule, 40))
    when not exists (select from pg_timezone_names z where z.name = p_time_zone)
      then format('"%s" is no time zone: name one of the IANA database, such as Europe/Paris', left(p_time_zone, 40))
    when coalesce(p_close <= '00:00', true) then format('Calendar %s needs its close, after 00:00 and up to 24:00, not %s', p_name, p_close)
    when p_half_day_close >= p_close
      then format('A half day of %s closes at %s, which is not before its close at %s', p_name, p_half_day_close, p_close)
    when coalesce(p_known_from > p_known_until, true)
      then format('Calendar %s needs the first and the last date that it knows, not %s to %s', p_name, p_known_from, p_known_until)
  end;
  if v_fault is not null then
    perform internal.refuse(400, 'invalid_calendar', v_fault);
  end if;
end
$$;
comment on function internal.require_calendar_definition(text, text, text, time, time, date, date) is
  'Raises built_in_calendar where the name is one of the code''s; invalid_calendar with what is wrong with the rest.';
revoke execute on function internal.require_calendar_definition(text, text, text, time, time, date, date) from public;
