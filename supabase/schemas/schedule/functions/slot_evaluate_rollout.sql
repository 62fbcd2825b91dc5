create or replace function internal.slot_evaluate_rollout(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.plan_evaluation(internal.slot_key(p_date, p_time))
$$;
comment on function internal.slot_evaluate_rollout(date, time, timestamptz) is 'Slot evaluate_rollout: plans an evaluation of the rollout that runs.';
revoke execute on function internal.slot_evaluate_rollout(date, time, timestamptz) from public;
