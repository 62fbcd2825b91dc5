create or replace function internal.triggers_met(p_rollout public.rollouts) returns integer
language sql stable set search_path = ''
as $$
  select greatest(count(*), coalesce(jsonb_array_length((internal.latest_evaluation(p_rollout)).triggers), 0))::integer
  from public.rollout_events e
  where e.rollout_id = p_rollout.id and e.kind = 'trigger' and e.happened_at >= p_rollout.stage_started_at
$$;
comment on function internal.triggers_met(public.rollouts) is
  'How many triggers a rollout has met in its present stage: those in the canary log, or those of its latest evaluation if they are more.';
revoke execute on function internal.triggers_met(public.rollouts) from public;
