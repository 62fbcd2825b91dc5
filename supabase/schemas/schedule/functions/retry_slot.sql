create or replace function public.retry_slot(p_slot text, p_date date, p_time time) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_status text;
begin
  -- Before looking: what another transaction is at may be done in a moment.
  if not pg_try_advisory_xact_lock(hashtextextended(format('plumbline.slot:%s:%s:%s', p_slot, p_date, p_time), 0)) then
    return 'busy';
  end if;
  select r.status into v_status from public.slot_runs r where (r.slot, r.slot_date, r.local_time) = (p_slot, p_date, p_time);
  if v_status is null then
    perform internal.refuse(404, 'unknown_slot_run', format('%s has no row for %s %s', p_slot, p_date, p_time));
  elsif v_status not in ('failed', 'missed') then
    perform internal.refuse(409, 'not_failed', format('%s of %s %s is %s: only a failed or missed one is run again', p_slot, p_date,
      p_time, v_status));
  end if;
  update public.slot_runs set status = 'failed' where (slot, slot_date, local_time) = (p_slot, p_date, p_time);
  return internal.run_slot(p_slot, p_date, p_time, now(), true);
end
$$;
comment on function public.retry_slot(text, date, time) is
  'Runs a failed or missed slot again, now, whatever its attempts and age; returns its new status, or busy while another '
  'transaction is at it. Raises unknown_slot_run, not_failed.';
revoke execute on function public.retry_slot(text, date, time) from public, anon, authenticated;
grant execute on function public.retry_slot(text, date, time) to service_role;
