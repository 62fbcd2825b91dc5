create or replace function public.measure_queries(p_rounds integer default 20) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  if p_rounds is null or p_rounds not between 1 and 100 then
    perform internal.refuse(400, 'invalid_input', format('P_rounds is %s, and must be 1 to 100', coalesce(p_rounds::text, 'null')));
  end if;
  perform internal.measure_queries(p_rounds, interval '4 seconds');
  -- With what calls just before had time for.
  return internal.query_health(now() - interval '2 minutes');
end
$$;
comment on function public.measure_queries(integer) is
  'Runs every monitoring query, and a claim that finds no job, p_rounds times (1 to 100, default 20; fewer once 4 s are over), keeps how long '
  'each took, and returns {query: {p95_ms, n}} of the last two minutes, so that calls one after another add up; one that the statement_timeout '
  'breaks off counts with the time that it had. Raises invalid_input.';
revoke execute on function public.measure_queries(integer) from public, anon, authenticated;
grant execute on function public.measure_queries(integer) to service_role;
