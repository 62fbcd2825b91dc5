create or replace function internal.closed_because(p_date date) returns text
language plpgsql stable set search_path = ''
as $$
declare
  v_last date;
begin
  if extract(isodow from p_date) = 6 then
    return 'Saturday';
  elsif extract(isodow from p_date) = 7 then
    return 'Sunday';
  end if;
  select make_date(extract(year from e.session_date)::integer, 12, 31) into v_last
  from public.calendar_exceptions e where e.source = 'rules'
  order by e.session_date desc limit 1;
  -- Beyond its last year the table would call every weekday a session.
  if p_date not between '1993-01-01' and v_last then
    perform internal.refuse(400, 'calendar_ends', format('The calendar knows 1993-01-01 to %s, not %s', v_last, p_date));
  end if;
  return (
    select e.reason from public.calendar_exceptions e
    where e.session_date = p_date and e.kind = 'closed'
    order by e.source limit 1);
end
$$;
comment on function internal.closed_because(date) is
  'Why New York does not trade on a date: Saturday, Sunday, the holiday or what was announced; null for a session. Raises calendar_ends. '
  'Twin: newYorkException (src/shared/calendars/new-york-rules.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.closed_because(date) from public;
