create or replace function internal.require_running_rollout() returns public.rollouts
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts := internal.lock_rollout();
begin
  if v_rollout.id is null then
    perform internal.refuse(409, 'no_rollout', 'No rollout was ever started: deploy starts one');
  elsif v_rollout.status = 'rolled_back' then
    perform internal.refuse(409, 'rolled_back', format('Rollout %s does not run any more: %s', v_rollout.id,
      internal.decision_text(v_rollout.id, '{rolled_back}')));
  elsif v_rollout.status = 'completed' then
    perform internal.refuse(409, 'no_rollout', format('Rollout %s does not run any more: %s', v_rollout.id,
      internal.decision_text(v_rollout.id, '{completed}')));
  end if;
  return v_rollout;
end
$$;
comment on function internal.require_running_rollout() is
  'The rollout that runs, locked as by lock_rollout; raises no_rollout, or rolled_back with who, when and why.';
revoke execute on function internal.require_running_rollout() from public;
