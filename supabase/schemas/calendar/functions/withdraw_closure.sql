create or replace function public.withdraw_closure(p_date date) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_row public.calendar_exceptions;
begin
  delete from public.calendar_exceptions e where e.session_date = p_date and e.source = 'operator' returning e.* into v_row;
  if v_row.session_date is null then
    perform internal.refuse(404, 'not_announced', format('No operator announced anything for %s', p_date));
  end if;
  return jsonb_build_object('date', v_row.session_date, 'kind', v_row.kind, 'reason', v_row.reason);
end
$$;
comment on function public.withdraw_closure(date) is
  'Takes back what announce_closure added for a date. Raises not_announced: what the code''s calendar knows is changed in the code.';
revoke execute on function public.withdraw_closure(date) from public, anon, authenticated;
grant execute on function public.withdraw_closure(date) to service_role;
