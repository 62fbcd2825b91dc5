-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- query-health/tables/monitoring_queries.sql
create table public.monitoring_queries (
  name text primary key,
  query text not null,
  constraint monitoring_queries_name_is_a_files check (name ~ '^[a-z][a-z-]*$'),
  -- Only reads, one statement: measure_queries runs them.
  constraint monitoring_queries_only_read check (query ~* '^(--[^\n]*\n)+(select|with)\s' and strpos(rtrim(regexp_replace(query, '--[^\n]*', '', 'g'), E'; \n'), ';') = 0)
);
comment on table public.monitoring_queries is 'The queries by which the database''s health is measured: the monitoring files of supabase/snippets.';
comment on column public.monitoring_queries.name is 'Name of the file, without .sql.';
comment on column public.monitoring_queries.query is 'Its text, letter by letter.';

alter table public.monitoring_queries enable row level security;
create policy monitoring_queries_are_read_by_users on public.monitoring_queries for select to authenticated using (true);
revoke all on public.monitoring_queries from anon, authenticated, service_role;
grant select on public.monitoring_queries to authenticated, service_role;

-- query-health/tables/query_timings.sql
create table public.query_timings (
  id bigint generated always as identity primary key,
  name text not null,
  measured_at timestamptz not null,
  duration_ms double precision not null,
  constraint query_timings_duration_is_one check (duration_ms >= 0 and duration_ms < 'infinity')
);
comment on table public.query_timings is 'What each monitoring query took, each time it was measured; the last 30 days.';
comment on column public.query_timings.id is 'Order.';
comment on column public.query_timings.name is 'The query of monitoring_queries; claim: a claim of a job that finds none.';
comment on column public.query_timings.measured_at is 'When, UTC.';
comment on column public.query_timings.duration_ms is 'How long it took, by the database''s clock; ms.';

create index query_timings_by_time on public.query_timings (measured_at);

alter table public.query_timings enable row level security;
create policy query_timings_are_read_by_users on public.query_timings for select to authenticated using (true);
revoke all on public.query_timings from anon, authenticated, service_role;
grant select on public.query_timings to authenticated, service_role;

-- query-health/functions/measure_queries.sql
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

-- query-health/functions/query_health.sql
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

-- query-health/functions/time_query.sql
create or replace function internal.time_query(p_query text) returns double precision
language plpgsql set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_rows bigint;
begin
  -- As a part of another query it cannot write; counting its rows, all columns are worked out.
  execute format('select count(q.*) from (%s) q', rtrim(p_query, E'; \n')) into v_rows;
  return extract(epoch from clock_timestamp() - v_began) * 1000;
end
$$;
comment on function internal.time_query(text) is 'How long a query (SQL of our own, never of a caller) takes to find all its rows; ms.';
revoke execute on function internal.time_query(text) from public;
