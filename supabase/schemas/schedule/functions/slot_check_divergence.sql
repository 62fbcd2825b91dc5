create or replace function internal.slot_check_divergence(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('checks', internal.plan_divergence_checks(p_date))
$$;
comment on function internal.slot_check_divergence(date, time, timestamptz) is 'Slot check_divergence: plans the days divergence checks.';
revoke execute on function internal.slot_check_divergence(date, time, timestamptz) from public;
