create or replace function internal.perform_slot(p_slot public.schedule_slots, p_date date, p_time time, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_result jsonb;
begin
  if p_slot.publishes and internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('skipped', 'publishing_enabled is false');
  end if;
  -- Dispatch asks for the workers within a minute. Asking takes a lock that must be a transaction's last: here others may follow.
  execute format('select internal.%I($1, $2, $3)', p_slot.calls) into v_result using p_date, p_time, p_now;
  return v_result;
end
$$;
comment on function internal.perform_slot(public.schedule_slots, date, time, timestamptz) is
  'Does what a slot is for, with the function that its row names; {skipped: reason} when there is nothing that could be done.';
revoke execute on function internal.perform_slot(public.schedule_slots, date, time, timestamptz) from public;
