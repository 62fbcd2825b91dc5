-- Clocks that jump. The database's may be set back: what it wrote before then lies in the future. A worker's is another clock than the
-- database's: the two are never compared.

create function internal.mend_clock_jumps() returns integer
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
    select c.id from public.jobs c
    where c.status = 'queued' and c.run_after > now() + interval '1 hour'
    order by c.id
    for update skip locked);
  get diagnostics v_waits = row_count;
  return v_leases + v_waits;
end
$$;
comment on function internal.mend_clock_jumps() is
  'Makes jobs claimable whose lease or wait ends later than any given out by the present clock would: the clock was set back. Returns how many.';
revoke execute on function internal.mend_clock_jumps() from public;

create or replace function public.dispatch_workers() returns integer
language plpgsql security definer set search_path = ''
as $$
begin
  perform internal.mend_clock_jumps();
  return internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
end
$$;
comment on function public.dispatch_workers() is
  'Asks for workers if claimable jobs wait; returns how many requests were made. Mends what a clock that was set back has left.';

create or replace function internal.valid_windows(p_symbol_id bigint, p_horizon text, p_config_hash text)
returns table (metrics_id bigint, window_id integer)
language sql stable set search_path = ''
as $$
  select m.id, m.window_id
  from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id
  where m.symbol_id = p_symbol_id and m.horizon = p_horizon and m.hyperparameters ->> 'config_hash' = p_config_hash
    -- By the clock that stamps the bars, and not by validation_date, which is the worker's.
    and m.updated_at >= (
      select max(b.ingested_at) from public.bars b
      where b.symbol_id = p_symbol_id and b.timeframe = internal.timeframe_of(p_horizon)
        and b.bar_time between o.first_bar_time and o.last_bar_time)
    -- The ordinal must still mean the same bar: bars put in before it move it.
    and m.window_id = (
      select count(*) - 1 from public.bars b
      where b.symbol_id = p_symbol_id and b.timeframe = internal.timeframe_of(p_horizon) and b.bar_time <= o.last_bar_time)
$$;
