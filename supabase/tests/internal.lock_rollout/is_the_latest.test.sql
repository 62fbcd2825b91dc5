begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.lock_rollout');
select is((internal.lock_rollout()).id, null, 'none yet');
select pg_temp.use_rollout();
select is((internal.lock_rollout()).id, (select max(id) from public.rollouts), 'the latest');
select isnt_empty($$ select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and granted $$, 'until the transaction ends');

select * from finish();
rollback;
