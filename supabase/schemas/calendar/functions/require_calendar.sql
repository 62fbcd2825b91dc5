create or replace function internal.require_calendar(p_calendar text) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if not exists (select from public.calendars c where c.name = p_calendar) then
    perform internal.refuse(404, 'unknown_calendar', format('There is no calendar %s: name one of %s, or upload it first', p_calendar, (
      select string_agg(c.name, ', ' order by c.source desc, c.name) from public.calendars c)));
  end if;
end
$$;
comment on function internal.require_calendar(text) is 'Raises unknown_calendar, with the names of those that are there.';
revoke execute on function internal.require_calendar(text) from public;
