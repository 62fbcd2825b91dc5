create or replace function internal.slot_validate(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.plan_slot(p_date, p_time, 'windows', 'plan_validations($1, null)')
$$;
comment on function internal.slot_validate(date, time, timestamptz) is 'Slot validate: plans walk-forward windows that are due.';
revoke execute on function internal.slot_validate(date, time, timestamptz) from public;
