create or replace function internal.query_health(p_since timestamptz) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_object_agg(t.name, jsonb_build_object('p95_ms', t.p95_ms, 'n', t.n)), '{}')
  from (
    select q.name, count(*) as n, round((percentile_cont(0.95) within group (order by q.duration_ms))::numeric, 3) as p95_ms
    from public.query_timings q where q.measured_at >= p_since
    group by q.name
  ) t
$$;
comment on function internal.query_health(timestamptz) is
  'What the monitoring queries took since: {query: {p95_ms, n}}, from the stored timings; {} without any.';
revoke execute on function internal.query_health(timestamptz) from public;
