create or replace function public.rollback_rollout(p_actor text, p_reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_reason text := internal.require_reason(p_reason);
begin
  return internal.roll_back((internal.lock_rollout()).id, v_actor, v_reason);
end
$$;
comment on function public.rollback_rollout(text, text) is
  'Rolls the latest rollout back, running or completed: the baseline serves at once. {rollout_id, from, event_id, seconds, serving, symbols, '
  'without_forecast (what the candidate served and the baseline has no forecast for: AAPL 1D), overtook (a promotion of the last minute, or '
  'null)}. Raises no_actor, no_reason, no_rollout, already_rolled_back.';
revoke execute on function public.rollback_rollout(text, text) from public, anon, authenticated;
grant execute on function public.rollback_rollout(text, text) to service_role;
