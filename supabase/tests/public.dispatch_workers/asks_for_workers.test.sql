begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_for_service_role('public.dispatch_workers');
select pg_temp.use_ensemble();
select pg_temp.use_vault();
select pg_temp.use_run('forecast', 5);
select is(public.dispatch_workers(), 2, 'as many requests as max_workers, for five jobs');
select is(pg_temp.requests(), array_fill('forecast-worker'::text, array[2]), 'for the worker''s function');

select * from finish();
rollback;
