create or replace function public.promote_rollout(
  p_actor text, p_reason text default null, p_force boolean default false, p_stage text default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  -- What is not said to be forced is not: a null would let everything pass.
  v_force boolean := coalesce(p_force, false);
  v_reason text := case when v_force then internal.require_reason(p_reason) else nullif(btrim(p_reason), '') end;
  v_rollout public.rollouts := internal.lock_rollout();
  v_evaluation public.rollout_evaluations;
  v_obstacles text[];
  v_to text;
  v_reached jsonb;
  v_symbols text[] := '{}';
  v_event_id bigint;
begin
  if v_rollout.status = 'completed' and p_stage is not null or v_rollout.status = 'running' and p_stage <> v_rollout.stage then
    perform internal.refuse(409, 'stage_changed', format('Rollout %s is not in stage %s any more, but %s: %s', v_rollout.id, p_stage,
      case v_rollout.status when 'running' then 'in stage ' || v_rollout.stage else 'completed' end,
      internal.decision_text(v_rollout.id, '{deployed, promoted, completed}')));
  end if;
  v_rollout := internal.require_running_rollout();
  v_obstacles := internal.promotion_obstacles(v_rollout);
  if cardinality(v_obstacles) > 0 and not v_force then
    perform internal.refuse(409, 'not_ready', format('Rollout %s is not ready to leave stage %s: %s', v_rollout.id, v_rollout.stage,
      array_to_string(v_obstacles, '; ')));
  end if;

  v_evaluation := internal.latest_evaluation(v_rollout);
  v_to := case v_rollout.stage when 'canary' then 'limited' when 'limited' then 'full' else 'completed' end;
  v_reason := coalesce(v_reason, format('evaluation %s passed', v_evaluation.id));
  select coalesce(jsonb_object_agg(m.symbol, m.horizons), '{}') into v_reached
  from public.rollout_symbols m where m.rollout_id = v_rollout.id;
  if v_to <> 'completed' then
    v_symbols := internal.reach_stage(v_rollout.id, v_to);
  end if;
  -- Before the row changes: the event is of the stage that is left.
  v_event_id := internal.add_rollout_event(v_rollout.id, case v_to when 'completed' then 'completed' else 'promoted' end, v_actor,
    v_reason, jsonb_build_object('from', v_rollout.stage, 'to', v_to, 'forced', cardinality(v_obstacles) > 0,
      'overridden', to_jsonb(v_obstacles), 'overridden_criteria', case when cardinality(v_obstacles) > 0 then (
        select coalesce(jsonb_agg(c.criterion order by c.place), '[]')
        from jsonb_array_elements(v_evaluation.criteria) with ordinality c(criterion, place)
        where c.criterion ->> 'verdict' <> 'pass') else '[]' end,
      'evaluation', internal.evaluation_figures(v_evaluation), 'reached', v_reached, 'symbols', to_jsonb(v_symbols)));
  if v_to = 'completed' then
    update public.rollouts set status = 'completed', ended_at = now(), ended_because = v_reason where id = v_rollout.id;
  else
    update public.rollouts set stage = v_to, stage_started_at = now(), stage_due_at = now() + internal.stage_length(v_to)
    where id = v_rollout.id;
  end if;
  return jsonb_build_object('rollout_id', v_rollout.id, 'from', v_rollout.stage, 'to', v_to, 'forced', cardinality(v_obstacles) > 0,
    'evaluation_id', v_evaluation.id, 'event_id', v_event_id);
end
$$;
comment on function public.promote_rollout(text, text, boolean, text) is
  'Takes the rollout to its next stage, or completes it: {rollout_id, from, to, forced, evaluation_id, event_id}. p_stage: what the caller '
  'takes the present stage for. p_force overrides what is missing and needs a reason; the event holds what was overridden. Raises no_actor, '
  'no_reason, no_rollout, rolled_back, stage_changed, not_ready.';
revoke execute on function public.promote_rollout(text, text, boolean, text) from public, anon, authenticated;
grant execute on function public.promote_rollout(text, text, boolean, text) to service_role;
