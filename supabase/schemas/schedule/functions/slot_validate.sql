create or replace function internal.slot_validate(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('windows', internal.plan_validations(null))
$$;
comment on function internal.slot_validate(date, time, timestamptz) is 'Slot validate: plans walk-forward windows that are due.';
revoke execute on function internal.slot_validate(date, time, timestamptz) from public;
