create or replace function internal.session_close(p_date date) returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  if internal.closed_because(p_date) is not null then
    return null;
  end if;
  return internal.new_york_time(p_date, case when internal.is_half_day(p_date) then '13:00'::time else '16:00' end);
end
$$;
comment on function internal.session_close(date) is
  'When New York''s session of a date closes: 16:00 there, 13:00 on a half day; null when there is no session. Raises calendar_ends. '
  'Twin: sessionClose (src/shared/calendars/sessions.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.session_close(date) from public;
