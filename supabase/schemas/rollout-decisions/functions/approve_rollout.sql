create or replace function public.approve_rollout(p_actor text, p_role text, p_note text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_roles jsonb := internal.setting('rollout_roles');
  v_note text := nullif(btrim(p_note), '');
  v_rollout public.rollouts := internal.require_running_rollout();
  v_subject text := format('%s %s', v_rollout.stage, p_role);
  v_event_id bigint;
begin
  if not v_roles ? coalesce(p_role, '') then
    perform internal.refuse(400, 'unknown_role', format('%s is not a role that approves; the setting rollout_roles names %s',
      coalesce(p_role, 'null'), coalesce((select string_agg(r.name, ', ' order by r.name) from jsonb_array_elements_text(v_roles) r(name)),
        'none')));
  end if;
  v_event_id := internal.add_rollout_event(v_rollout.id, 'approved', v_actor, coalesce(v_note, format('approved as %s', p_role)),
    jsonb_build_object('role', p_role, 'note', v_note), v_subject);
  if v_event_id is null then
    perform internal.refuse(409, 'already_approved', (
      select format('Stage %s of rollout %s was approved as %s by %s at %s', v_rollout.stage, v_rollout.id, p_role, e.actor,
        internal.utc_text(e.happened_at))
      from public.rollout_events e
      where e.rollout_id = v_rollout.id and e.kind = 'approved' and e.subject = v_subject));
  end if;
  return jsonb_build_object('rollout_id', v_rollout.id, 'stage', v_rollout.stage, 'role', p_role, 'event_id', v_event_id,
    'missing', (
      select coalesce(jsonb_agg(r.name order by r.place), '[]')
      from jsonb_array_elements_text(v_roles) with ordinality r(name, place)
      where not exists (
        select from public.rollout_events e
        where e.rollout_id = v_rollout.id and e.kind = 'approved' and e.subject = format('%s %s', v_rollout.stage, r.name))));
end
$$;
comment on function public.approve_rollout(text, text, text) is
  'Approves the present stage as one of the setting rollout_roles, once a role and stage: {rollout_id, stage, role, event_id, missing: the '
  'roles that have not}. Raises no_actor, unknown_role, already_approved, no_rollout, rolled_back.';
revoke execute on function public.approve_rollout(text, text, text) from public, anon, authenticated;
grant execute on function public.approve_rollout(text, text, text) to service_role;
