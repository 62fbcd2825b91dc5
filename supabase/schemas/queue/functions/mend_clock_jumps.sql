create or replace function internal.mend_clock_jumps() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_leases integer;
  v_waits integer;
begin
  -- No lease given out now would end so late: whoever holds it keeps it until somebody claims the job.
  update public.jobs j set lease_until = now() - interval '1 second'
  where j.id in (
    select c.id from public.jobs c
    where c.status = 'running'
      and c.lease_until > now() + interval '10 minutes'
        + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
    order by c.id
    for update skip locked);
  get diagnostics v_leases = row_count;

  -- Nor does any failure make a job wait so long.
  update public.jobs j set run_after = now()
  where j.id in (
    select c.id from public.job_kinds k
    cross join lateral (
      select x.id from public.jobs x
      where x.kind = k.kind and x.status = 'queued' and x.attempts < x.max_attempts and x.run_after > now() + interval '1 hour'
      order by x.id
      for update skip locked) c);
  get diagnostics v_waits = row_count;
  return v_leases + v_waits;
end
$$;
comment on function internal.mend_clock_jumps() is
  'Makes jobs claimable whose lease or wait ends later than any given out by the present clock would: the clock was set back. Returns how many.';
revoke execute on function internal.mend_clock_jumps() from public;
