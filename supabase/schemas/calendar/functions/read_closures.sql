create or replace function internal.read_closures(p_closures jsonb, p_half_day_close time, p_known_from date, p_known_until date)
returns table (session_date date, kind text, reason text)
language plpgsql stable set search_path = ''
as $$
declare
  v_closure jsonb;
  v_fault text;
begin
  if jsonb_typeof(p_closures) is distinct from 'array' then
    perform internal.refuse(400, 'invalid_closures', 'Closures are a list of [date, kind, reason]; the reason may be left out');
  end if;
  for v_closure in select c.value from jsonb_array_elements(p_closures) c(value) loop
    begin
      session_date := case when v_closure ->> 0 ~ '^\d{4}-\d\d-\d\d$' then (v_closure ->> 0)::date end;
    exception when datetime_field_overflow or invalid_datetime_format then
      session_date := null;
    end;
    kind := v_closure ->> 1;
    v_fault := case
      when session_date is null or kind is null or kind not in ('closed', 'half_day') then format(
        'A closure is [date, kind] or [date, kind, reason] with a date as 2027-12-25 and closed or half_day, not %s', left(v_closure::text, 100))
      when session_date not between p_known_from and p_known_until then format(
        'The closure of %s is outside of the dates that the calendar knows, %s to %s', session_date, p_known_from, p_known_until)
      when kind = 'half_day' and p_half_day_close is null then format(
        '%s is a half day, and the calendar does not say when one closes', session_date)
    end;
    if v_fault is not null then
      perform internal.refuse(400, 'invalid_closures', v_fault);
    end if;
    reason := coalesce(nullif(btrim(left(v_closure ->> 2, 200)), ''), case kind when 'closed' then 'Closed' else 'Half day' end);
    return next;
  end loop;
end
$$;
comment on function internal.read_closures(jsonb, time, date, date) is
  'Closures of a calendar that is uploaded, [[date, kind, reason], ...], as rows; a reason that is missing is Closed or Half day. Raises invalid_closures: another '
  'form, a date that the calendar does not know, a half day although it has no close for one.';
revoke execute on function internal.read_closures(jsonb, time, date, date) from public;
