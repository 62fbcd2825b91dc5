create or replace function internal.decision_text(p_rollout_id bigint, p_kinds text[]) returns text
language sql stable set search_path = ''
as $$
  select format('%s by %s at %s: %s', replace(e.kind, '_', ' '), e.actor, internal.utc_text(e.happened_at), e.reason)
  from public.rollout_events e
  where e.rollout_id = p_rollout_id and e.kind = any (p_kinds)
  order by e.id desc limit 1
$$;
comment on function internal.decision_text(bigint, text[]) is 'The latest event of these kinds in words: what, who, when, why; null without one.';
revoke execute on function internal.decision_text(bigint, text[]) from public;
