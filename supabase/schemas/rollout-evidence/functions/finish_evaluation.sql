create or replace function internal.finish_evaluation(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts := internal.lock_rollout();
begin
  -- Decided while it was judged: no failure of anybody's, and nothing to store.
  if v_rollout.status <> 'running' or v_rollout.id <> (p_job.payload ->> 'rollout_id')::bigint
    or v_rollout.stage <> p_job.payload ->> 'stage' then
    return jsonb_build_object('skipped', format('rollout %s is %s in stage %s meanwhile', v_rollout.id,
      replace(v_rollout.status, '_', ' '), v_rollout.stage));
  end if;
  return public.store_evaluation(v_rollout.id, v_rollout.stage, p_result);
end
$$;
comment on function internal.finish_evaluation(public.jobs, jsonb) is
  'Stores what an evaluate_rollout job found, as store_evaluation does; {skipped} when the rollout has left the stage that was judged.';
revoke execute on function internal.finish_evaluation(public.jobs, jsonb) from public;
