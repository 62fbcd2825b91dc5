create or replace function public.resume_slot(p_slot text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update public.schedule_slots set active = true, paused_because = null where slot = p_slot;
  if not found then
    perform internal.refuse(404, 'unknown_slot', format('There is no slot named %s', p_slot));
  end if;
  return jsonb_build_object('slot', p_slot, 'active', true);
end
$$;
comment on function public.resume_slot(text) is 'Resumes a paused slot from its next time on. Raises unknown_slot.';
revoke execute on function public.resume_slot(text) from public, anon, authenticated;
grant execute on function public.resume_slot(text) to service_role;
