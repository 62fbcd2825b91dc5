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
  return jsonb_build_object('calendar', v_row.calendar, 'date', v_row.session_date, 'kind', v_row.kind, 'reason', v_row.reason);
end
$$;
comment on function public.withdraw_closure(date, text) is
  'Takes back what announce_closure added for a date. Raises not_announced: what the code''s calendar knows is changed in the code, what was '
  'uploaded is uploaded anew.';
revoke execute on function public.withdraw_closure(date, text) from public, anon, authenticated;
grant execute on function public.withdraw_closure(date, text) to service_role;
