begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_for_service_role('public.record_error');
create temporary table made as select public.record_error('forecast', 'internal_error', repeat('x', 3000), '{"a": 1}') as id;
select is(id, (select max(id) from public.errors), 'its id') from made;
select results_eq($$ select source, length(message), details from public.errors order by id desc limit 1 $$,
  $$ values ('forecast', 2000, '{"a": 1}'::jsonb) $$, 'within bounds');

select * from finish();
rollback;
