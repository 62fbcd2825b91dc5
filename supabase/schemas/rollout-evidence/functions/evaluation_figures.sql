create or replace function internal.evaluation_figures(p_evaluation public.rollout_evaluations) returns jsonb
language sql immutable set search_path = ''
as $$
  select case when p_evaluation.id is not null then jsonb_build_object('id', p_evaluation.id, 'evidence_at', p_evaluation.evidence_at,
    'verdict', p_evaluation.verdict, 'status_line', p_evaluation.status_line, 'criteria', p_evaluation.criteria,
    'triggers', p_evaluation.triggers) end
$$;
comment on function internal.evaluation_figures(public.rollout_evaluations) is 'An evaluation as the evidence of an event; null for none.';
revoke execute on function internal.evaluation_figures(public.rollout_evaluations) from public;
