begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.reconcile');
select pg_temp.use_ensemble();
select pg_temp.use_run('forecast', 3);
update public.jobs set status = 'running', lease_token = gen_random_uuid(), attempts = max_attempts, lease_until = now() - interval '1 second';
update public.jobs set attempts = max_attempts - 1 where idempotency_key like '%:2';
update public.jobs set lease_until = now() + interval '1 second' where idempotency_key like '%:3';

select lives_ok('select internal.reconcile()', 'reconciling');
select results_eq('select status, error_code from public.jobs order by idempotency_key',
  $$ values ('dead', 'lease_expired'), ('running', null), ('running', null) $$,
  'ends the job without lease and attempts, not the one with an attempt left, nor the one at work');
select is(jobs_done, 1, 'which counts for its run') from public.runs;
select internal.reconcile();
select is(jobs_done, 1, 'once') from public.runs;

select * from finish();
rollback;
