begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.measure_queries');
delete from public.query_timings;
create temporary table measured as select public.measure_queries(2) as health;
select results_eq('select jsonb_object_keys(health) as name from measured order by 1',
  'select name from (select name from public.monitoring_queries union select ''claim'') n order by 1', 'each of them, and a claim');
select ok(bool_and((h.value ->> 'n')::integer between 1 and 2 and (h.value ->> 'p95_ms')::double precision > 0), 'as often as it was asked to')
from measured, jsonb_each(health) h;
select pg_temp.is_refused('select public.measure_queries(0)', 400, 'invalid_input', 'not no round');
select pg_temp.is_refused('select public.measure_queries(101)', 400, 'invalid_input', 'nor too many');

select * from finish();
rollback;
