create or replace function internal.slot_check_divergence(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.plan_slot(p_date, p_time, 'checks', format('plan_divergence_checks($1, %L)', p_date))
$$;
comment on function internal.slot_check_divergence(date, time, timestamptz) is 'Slot check_divergence: plans the days divergence checks.';
revoke execute on function internal.slot_check_divergence(date, time, timestamptz) from public;
