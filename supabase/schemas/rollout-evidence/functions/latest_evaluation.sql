create or replace function internal.latest_evaluation(p_rollout public.rollouts) returns public.rollout_evaluations
language sql stable set search_path = ''
as $$
  -- Of two at once, the one that saw more may be stored first. Evidence ahead of the clock is of before it was set back: only where there is no other.
  select e.*
  from (
    (
      select x.* from public.rollout_evaluations x
      where x.rollout_id = p_rollout.id and x.stage = p_rollout.stage and x.evidence_at <= internal.clock_bound()
      order by x.evidence_at desc, x.id desc limit 1
    )
    union all
    (
      select x.* from public.rollout_evaluations x
      where x.rollout_id = p_rollout.id and x.stage = p_rollout.stage and x.evidence_at > internal.clock_bound()
      order by x.evidence_at desc, x.id desc limit 1
    )
  ) e
  order by e.evidence_at limit 1
$$;
comment on function internal.latest_evaluation(public.rollouts) is
  'The evaluation of a rollout''s present stage on the latest evidence; null without one.';
revoke execute on function internal.latest_evaluation(public.rollouts) from public;
