create or replace function public.note_rollout(p_actor text, p_text text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_rollout_id bigint := (select max(r.id) from public.rollouts r);
begin
  if coalesce(btrim(p_text), '') = '' then
    perform internal.refuse(400, 'no_text', 'A note needs its text');
  end if;
  return jsonb_build_object('rollout_id', v_rollout_id,
    'event_id', internal.add_rollout_event(v_rollout_id, 'note', v_actor, btrim(p_text)));
end
$$;
comment on function public.note_rollout(text, text) is
  'Writes a note into the log, of the latest rollout or, before the first, of none: {rollout_id, event_id}. Raises no_actor, no_text.';
revoke execute on function public.note_rollout(text, text) from public, anon, authenticated;
grant execute on function public.note_rollout(text, text) to service_role;
