create or replace function public.set_publishing(p_actor text, p_publishing boolean, p_reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_reason text := internal.require_reason(p_reason);
  v_changed boolean;
  v_event_id bigint;
begin
  if p_publishing is null then
    perform internal.refuse(400, 'invalid_setting', 'Publishing is true or false, not null');
  end if;
  perform set_config('plumbline.actor', v_actor, true);
  perform set_config('plumbline.reason', v_reason, true);
  update public.settings set value = to_jsonb(p_publishing) where name = 'publishing_enabled' and value <> to_jsonb(p_publishing);
  v_changed := found;
  perform set_config('plumbline.actor', '', true);
  perform set_config('plumbline.reason', '', true);
  if v_changed then
    -- The setting's row is locked since: nobody has thrown the switch after us.
    select max(e.id) into v_event_id from public.rollout_events e where e.kind in ('kill_switch_on', 'kill_switch_off');
  end if;
  return jsonb_build_object('publishing', p_publishing, 'changed', v_changed, 'event_id', v_event_id);
end
$$;
comment on function public.set_publishing(text, boolean, text) is
  'The kill switch: false hides every forecast from current_forecasts and plans no new ones, true takes that back. {publishing, changed, '
  'event_id}; without a change no event. Raises no_actor, no_reason.';
revoke execute on function public.set_publishing(text, boolean, text) from public, anon, authenticated;
grant execute on function public.set_publishing(text, boolean, text) to service_role;
