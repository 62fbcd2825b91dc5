begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.rollout_dead_jobs');
select pg_temp.use_ensemble();
select pg_temp.use_run('validate_window', 2);
update public.jobs set status = 'dead', finished_at = now(), error_code = 'x', error_message = 'y';
update public.jobs set payload = payload || '{"symbol": "AAPL"}' where idempotency_key like '%:2';
select pg_temp.use_rollout();
select results_eq($$ select d.symbol, d.code, d.class from public.rollouts r, internal.rollout_dead_jobs(r.id, now()) d $$, $$ values ('TEST', 'x', 'candidate') $$, 'of its symbols');
select is_empty($$ select from public.rollouts r, internal.rollout_dead_jobs(r.id, now() + interval '1 second') $$, 'since');

select * from finish();
rollback;
