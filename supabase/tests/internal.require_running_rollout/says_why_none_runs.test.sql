begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.require_running_rollout');
select pg_temp.is_refused('select internal.require_running_rollout()', 409, 'no_rollout', 'none was started');
select pg_temp.use_rollout();
select is((internal.require_running_rollout()).stage, 'canary', 'it runs');
select public.rollback_rollout('Bob', 'x');
select pg_temp.is_refused('select internal.require_running_rollout()', 409, 'rolled_back', 'rolled back');
select pg_temp.use_rollout();
select public.promote_rollout('Ada', 'x', true) from generate_series(1, 3);
select pg_temp.is_refused('select internal.require_running_rollout()', 409, 'no_rollout', 'completed');

select * from finish();
rollback;
