create or replace function public.store_evaluation(p_rollout_id bigint, p_stage text, p_evaluation jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_rollout public.rollouts := internal.require_running_rollout();
  v_before public.rollout_evaluations := internal.latest_evaluation(v_rollout);
  v public.rollout_evaluations;
  v_triggers text;
  v_decision text;
  v_rolls_back boolean;
begin
  if v_rollout.id is distinct from p_rollout_id then
    perform internal.refuse(409, 'no_rollout', format('Rollout %s does not run: rollout %s does', p_rollout_id, v_rollout.id));
  elsif v_rollout.stage is distinct from p_stage then
    perform internal.refuse(409, 'stage_changed', format('Rollout %s is in stage %s, not %s: %s', v_rollout.id, v_rollout.stage, p_stage,
      internal.decision_text(v_rollout.id, '{deployed, promoted}')));
  end if;

  insert into public.rollout_evaluations (
    rollout_id, stage, evidence_at, verdict, status_line, criteria, triggers, code_version, last_event_id)
  select v_rollout.id, v_rollout.stage, (p_evaluation ->> 'evidence_at')::timestamptz, p_evaluation ->> 'verdict',
    p_evaluation ->> 'status_line', p_evaluation -> 'criteria', coalesce(p_evaluation -> 'triggers', '[]'),
    p_evaluation ->> 'code_version', (select max(e.id) from public.rollout_events e)
  returning * into v;
  if v_before.verdict is distinct from v.verdict then
    perform internal.add_rollout_event(v_rollout.id, 'evaluated', 'automatic', v.status_line,
      internal.evaluation_figures(v) || jsonb_build_object('before', v_before.verdict));
  end if;

  perform internal.add_rollout_event(v_rollout.id, 'trigger', 'automatic', coalesce(t.value ->> 'sentence', t.value ->> 'trigger'),
    t.value || jsonb_build_object('evaluation_id', v.id),
    internal.trigger_subject(v_rollout.stage, t.value))
  from jsonb_array_elements(v.triggers) t;
  v_decision := internal.rollout_decision(v_rollout, internal.promotion_obstacles(v_rollout));
  v_rolls_back := v.triggers <> '[]' and internal.setting('automatic_rollback') = 'true';
  if v_rolls_back then
    select string_agg(coalesce(t.value ->> 'sentence', t.value ->> 'trigger'), ' ') into v_triggers
    from jsonb_array_elements(v.triggers) t;
    perform internal.roll_back(v_rollout.id, 'automatic', v_triggers, jsonb_build_object('triggers', v.triggers));
  end if;
  return jsonb_build_object('evaluation_id', v.id, 'verdict', v.verdict, 'decision', v_decision, 'rolled_back', v_rolls_back);
end
$$;
comment on function public.store_evaluation(bigint, text, jsonb) is
  'Stores what the judge found of a rollout''s stage: {evaluation_id, verdict, decision (as rollout_decision '
  'says it with this evaluation), rolled_back}. Another verdict than the one before leaves an event; triggers leave one each and, unless '
  'automatic_rollback is false, roll back. Raises no_rollout, rolled_back, stage_changed.';
revoke execute on function public.store_evaluation(bigint, text, jsonb) from public, anon, authenticated;
grant execute on function public.store_evaluation(bigint, text, jsonb) to service_role;
