begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.add_job');
select pg_temp.use_ensemble();
create temporary table run as select pg_temp.use_run('forecast', 0) as id;
select internal.add_job(id, 'forecast', 'TEST', '{"a": 1}', 10) from run;
select results_eq('select kind, payload, priority::integer, status, idempotency_key = run_id || '':forecast:TEST'' from public.jobs',
  $$ values ('forecast', '{"a": 1}'::jsonb, 10, 'queued', true) $$, 'a job of the run');
select is(jobs_total, 1, 'which is counted') from public.runs;
select throws_ok($$ select internal.add_job(id, 'forecast', 'TEST', '{}', 10) from run $$, '23505', null, 'the same one twice is refused');

select * from finish();
rollback;
