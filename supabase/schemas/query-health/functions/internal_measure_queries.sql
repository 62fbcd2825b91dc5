create or replace function internal.measure_queries(p_rounds integer, p_within interval) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_until timestamptz := v_began + p_within;
  v_query record;
  v_time record;
  v_is_slow boolean;
  v_slow text[] := '{}';
begin
  -- The first round warms up what the others find warm, and is not kept.
  <<rounds>>
  for v_round in 0 .. p_rounds loop
    for v_query in
      select q.name, q.query
      from (
        select m.name, m.query from public.monitoring_queries m
        union all
        select 'claim', 'select public.claim_job(array[''none''], ''measure_queries'') as job'
      ) q
      where q.name <> all (v_slow)
      -- What was left out last time comes first.
      order by (select max(t.measured_at) from public.query_timings t where t.name = q.name and t.measured_at < v_began) nulls first, q.name
    loop
      v_time := internal.time_query(v_query.query);
      -- What takes half a second cold is no faster for being asked again: one look is enough.
      v_is_slow := v_time.timed_out or v_time.duration_ms > 500;
      if v_is_slow then
        v_slow := v_slow || v_query.name;
      end if;
      if v_round > 0 or v_is_slow then
        insert into public.query_timings (name, measured_at, duration_ms, timed_out)
        values (v_query.name, clock_timestamp(), v_time.duration_ms, v_time.timed_out);
      end if;
      -- Whatever the queries take: it is their health that is measured, and not to be harmed. After a timeout there is no other.
      exit rounds when v_time.timed_out or clock_timestamp() > v_until;
    end loop;
  end loop;
  return internal.query_health(v_began);
end
$$;
comment on function internal.measure_queries(integer, interval) is
  'Runs every monitoring query, and a claim that finds no job, p_rounds times, fewer once p_within is over; keeps how long each took, and returns '
  '{query: {p95_ms, n}}. What the session''s statement_timeout breaks off counts with the time that it had, and ends the measurement: the '
  'others come first next time.';
revoke execute on function internal.measure_queries(integer, interval) from public;
