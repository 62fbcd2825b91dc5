create or replace function internal.add_rollout_event(
  p_rollout_id bigint, p_kind text, p_actor text, p_reason text, p_figures jsonb default '{}', p_subject text default null
) returns bigint
language sql set search_path = ''
as $$
  insert into public.rollout_events (rollout_id, kind, stage, actor, reason, figures, subject)
  select p_rollout_id, p_kind, (select r.stage from public.rollouts r where r.id = p_rollout_id), p_actor, p_reason,
    coalesce(p_figures, '{}'), p_subject
  on conflict (rollout_id, kind, subject) where subject is not null do nothing
  returning id
$$;
comment on function internal.add_rollout_event(bigint, text, text, text, jsonb, text) is
  'Adds a row to the canary log and returns its id; null when one of this kind with this subject is there.';
revoke execute on function internal.add_rollout_event(bigint, text, text, text, jsonb, text) from public;
