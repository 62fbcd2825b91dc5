create or replace function internal.worker_places() returns integer
language plpgsql stable set search_path = ''
as $$
declare
  v_usual integer := (internal.setting('max_workers') #>> '{}')::integer;
  v_cap integer := (internal.setting('max_workers_cap') #>> '{}')::integer;
  v_since timestamptz;
begin
  if v_usual = 0 or v_cap <= v_usual then
    return v_usual;
  end if;
  -- Windows and requests may wait; forecasts of the schedule have a deadline.
  select j.run_after into v_since
  from public.jobs j
  where j.kind = 'forecast' and j.status = 'queued' and j.attempts < j.max_attempts and j.run_after <= now()
    and j.priority <= (select k.priority from public.job_kinds k where k.kind = 'forecast')
  -- As the index jobs_by_turn has them.
  order by j.priority, j.run_after
  limit 1;
  return least(v_cap, v_usual + floor(extract(epoch from coalesce(now() - v_since, '0')) / 300)::integer);
end
$$;
comment on function internal.worker_places() is
  'How many workers may be under way: max_workers, and one more for each five minutes that the oldest claimable forecast of the schedule has waited, up to '
  'max_workers_cap. 0 stops all work.';
revoke execute on function internal.worker_places() from public;
