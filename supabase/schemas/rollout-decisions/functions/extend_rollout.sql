create or replace function public.extend_rollout(p_actor text, p_days integer, p_reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_reason text := internal.require_reason(p_reason);
  v_rollout public.rollouts;
  v_due_at timestamptz;
  v_event_id bigint;
begin
  if p_days is null or p_days not between 1 and 1000 then
    perform internal.refuse(400, 'invalid_days', format('A stage is extended by 1 to 1000 days, not by %s', p_days));
  end if;
  v_rollout := internal.require_running_rollout();
  v_due_at := greatest(v_rollout.stage_due_at, now()) + make_interval(days => p_days);
  update public.rollouts set stage_due_at = v_due_at where id = v_rollout.id;
  v_event_id := internal.add_rollout_event(v_rollout.id, 'extended', v_actor, v_reason,
    jsonb_build_object('days', p_days, 'from', v_rollout.stage_due_at, 'to', v_due_at));
  return jsonb_build_object('rollout_id', v_rollout.id, 'stage', v_rollout.stage, 'stage_due_at', v_due_at, 'event_id', v_event_id);
end
$$;
comment on function public.extend_rollout(text, integer, text) is
  'Lets the present stage last longer by so many days, from its end or, when that has passed, from now: {rollout_id, stage, stage_due_at, '
  'event_id}. Raises no_actor, no_reason, invalid_days, no_rollout, rolled_back.';
revoke execute on function public.extend_rollout(text, integer, text) from public, anon, authenticated;
grant execute on function public.extend_rollout(text, integer, text) to service_role;
