create or replace function internal.rollout_decision(p_rollout public.rollouts, p_obstacles text[]) returns text
language sql stable set search_path = ''
as $$
  select case
    when internal.triggers_met(p_rollout) > 0 then 'roll back'
    when (internal.latest_evaluation(p_rollout)).verdict = 'fail' then 'do not promote'
    when cardinality(p_obstacles) = 0 then 'promote'
    else 'hold'
  end
$$;
comment on function internal.rollout_decision(public.rollouts, text[]) is
  'What the rows of a rollout''s present stage call for: roll back, do not promote, promote, hold. p_obstacles: what a promotion lacks, as '
  'promotion_obstacles says it. The one place of this rule: reports, status and evaluations show what it says.';
revoke execute on function internal.rollout_decision(public.rollouts, text[]) from public;
