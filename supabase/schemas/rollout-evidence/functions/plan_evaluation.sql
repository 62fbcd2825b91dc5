create or replace function internal.plan_evaluation(p_key text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts;
  v_run_id uuid;
begin
  select r.* into v_rollout from public.rollouts r where r.status = 'running';
  if v_rollout.id is null then
    return jsonb_build_object('skipped', 'no rollout runs');
  end if;
  insert into public.runs (kind, idempotency_key, requested_via, params)
  values ('rollout_evaluation', format('rollout_evaluation:%s:%s:%s', v_rollout.id, v_rollout.stage, p_key), 'schedule',
    jsonb_build_object('symbols', '[]'::jsonb, 'rollout_id', v_rollout.id, 'stage', v_rollout.stage))
  on conflict (idempotency_key) where status <> 'failed' do nothing
  returning id into v_run_id;
  if v_run_id is null then
    return jsonb_build_object('skipped', format('stage %s of rollout %s was evaluated under this key already', v_rollout.stage,
      v_rollout.id));
  end if;
  perform internal.add_job(v_run_id, 'evaluate_rollout', v_rollout.id::text,
    jsonb_build_object('rollout_id', v_rollout.id, 'stage', v_rollout.stage));
  return jsonb_build_object('run_id', v_run_id);
end
$$;
comment on function internal.plan_evaluation(text) is
  'Plans one evaluation of the rollout that runs, once a key and stage: {run_id}, or {skipped} with the reason.';
revoke execute on function internal.plan_evaluation(text) from public;
