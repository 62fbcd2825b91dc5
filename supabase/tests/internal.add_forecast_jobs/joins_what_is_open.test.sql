begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.add_forecast_jobs');
select pg_temp.use_ensemble();
create temporary table run as
select n, internal.create_run('forecast', 'candidate', 'test:' || n, case n when 3 then 'schedule' else 'http' end, null, null, '{}') as id
from generate_series(1, 4) n;
update public.runs set jobs_total = 2;
create function pg_temp.add(p_run integer, variadic p_keys text[]) returns void language sql as $$
  select internal.add_forecast_jobs(jsonb_agg(jsonb_build_object('run_id', r.id, 'key', k.key,
    'payload', jsonb_build_object('symbol', k.key)) order by k.place), case p_run when 3 then 'schedule' else 'http' end)
  from run r, unnest(p_keys) with ordinality k(key, place) where r.n = p_run
$$;
create view pg_temp.shared as
select j.forecast_key, o.n as owner, j.priority, array(select w.n from public.joined_jobs x join run w on w.id = x.run_id where x.job_id = j.id order by 1) as joined
from public.jobs j join run o on o.id = j.run_id;
select pg_temp.add(1, 'B', 'A');
select results_eq('select forecast_key, priority::integer from public.jobs order by id', $$ values ('B', 40), ('A', 40) $$, 'jobs in their order');
select pg_temp.add(2, 'A', 'C');
select results_eq('select forecast_key, owner, joined from pg_temp.shared order by 1',
  $$ values ('A', 1, '{2}'::integer[]), ('B', 1, '{}'), ('C', 2, '{}') $$, 'what is open is joined, the rest is added');
update public.jobs set status = 'running', lease_token = gen_random_uuid(), lease_until = now() where forecast_key = 'A';
select pg_temp.add(3, 'A', 'C');
select results_eq('select forecast_key, owner, priority::integer, joined from pg_temp.shared order by 1',
  $$ values ('A', 3, 10, '{1,2}'::integer[]), ('B', 1, 40, '{}'), ('C', 3, 10, '{2}') $$, 'the schedule makes it its own, at its priority');
select internal.end_job(j, 'succeeded', null, null) from public.jobs j;
select results_eq('select n, jobs_done from run join public.runs r using (id) order by 1', 'values (1, 2), (2, 2), (3, 2), (4, 0)', 'all are done with it');
select pg_temp.add(4, 'A');
select is(count(*)::integer, 2, 'what has ended is made again') from public.jobs where forecast_key = 'A';

select * from finish();
rollback;
