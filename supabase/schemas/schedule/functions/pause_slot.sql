create or replace function public.pause_slot(p_slot text, p_reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  if p_reason is null or btrim(p_reason) = '' then
    perform internal.refuse(400, 'no_reason', 'A pause needs its reason: it is what skipped slots will say');
  end if;
  update public.schedule_slots set active = false, paused_because = btrim(p_reason) where slot = p_slot;
  if not found then
    perform internal.refuse(404, 'unknown_slot', format('There is no slot named %s', p_slot));
  end if;
  return jsonb_build_object('slot', p_slot, 'active', false);
end
$$;
comment on function public.pause_slot(text, text) is
  'Pauses a slot: its times are recorded as skipped, with the reason, until resume_slot. Raises no_reason, unknown_slot.';
revoke execute on function public.pause_slot(text, text) from public, anon, authenticated;
grant execute on function public.pause_slot(text, text) to service_role;
