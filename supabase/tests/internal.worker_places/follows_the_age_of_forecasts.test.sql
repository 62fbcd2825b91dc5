begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.worker_places');
select pg_temp.use_ensemble();
select is(internal.worker_places(), 2, 'max_workers while nothing waits');
select pg_temp.use_run('forecast', 2);
select pg_temp.use_run('validate_window');
update public.jobs set run_after = now() - interval '5 hours' where kind = 'validate_window';
update public.jobs set run_after = now() - interval '299 seconds' where kind = 'forecast';
select is(internal.worker_places(), 2, 'and while forecasts wait for less than five minutes, however long windows wait');
update public.jobs set run_after = now() - interval '10 minutes' where idempotency_key like '%:forecast:1';
select is(internal.worker_places(), 4, 'one more for each five minutes of the oldest');
update public.jobs set run_after = now() - interval '3 hours' where idempotency_key like '%:forecast:1';
select is(internal.worker_places(), 8, 'up to max_workers_cap');
update public.settings set value = '1' where name = 'max_workers_cap';
select is(internal.worker_places(), 2, 'a cap below max_workers adds nothing');
update public.settings set value = '0' where name = 'max_workers';
select is(internal.worker_places(), 0, '0 stops all work');

select * from finish();
rollback;
