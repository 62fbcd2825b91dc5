create or replace function internal.latest_evaluation(p_rollout public.rollouts) returns public.rollout_evaluations
language sql stable set search_path = ''
as $$
  select e.* from public.rollout_evaluations e
  where e.rollout_id = p_rollout.id and e.stage = p_rollout.stage
  -- Of two at once, the one that saw more may be stored first. Evidence ahead of the clock is of before it was set back.
  order by e.evidence_at <= now() + interval '10 minutes' desc, e.evidence_at desc, e.id desc limit 1
$$;
comment on function internal.latest_evaluation(public.rollouts) is
  'The evaluation of a rollout''s present stage on the latest evidence; null without one.';
revoke execute on function internal.latest_evaluation(public.rollouts) from public;
