create or replace function public.measure_queries(p_rounds integer default 20) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_query record;
  v_duration double precision;
begin
  if p_rounds is null or p_rounds not between 1 and 100 then
    perform internal.refuse(400, 'invalid_input', format('P_rounds is %s, and must be 1 to 100', coalesce(p_rounds::text, 'null')));
  end if;
  -- The first round warms up what the others find warm, and is not kept.
  for v_round in 0 .. p_rounds loop
    for v_query in
      select m.name, m.query from public.monitoring_queries m
      union all
      select 'claim', 'select public.claim_job(array[''none''], ''measure_queries'') as job'
      order by 1
    loop
      v_duration := internal.time_query(v_query.query);
      if v_round > 0 then
        insert into public.query_timings (name, measured_at, duration_ms) values (v_query.name, clock_timestamp(), v_duration);
      end if;
    end loop;
    -- Whatever the queries take: it is their health that is measured, and not to be harmed.
    exit when v_round > 0 and clock_timestamp() > v_began + interval '4 seconds';
  end loop;
  delete from public.query_timings q where q.measured_at < v_began - interval '30 days';
  return internal.query_health(v_began);
end
$$;
comment on function public.measure_queries(integer) is
  'Runs every monitoring query, and a claim that finds no job, p_rounds times (1 to 100, default 20; fewer once 4 s are over), keeps how long '
  'each took, and returns {query: {p95_ms, n}}. Raises invalid_input.';
revoke execute on function public.measure_queries(integer) from public, anon, authenticated;
grant execute on function public.measure_queries(integer) to service_role;
