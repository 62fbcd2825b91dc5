begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.latest_evaluation');
select pg_temp.use_rollout();
select pg_temp.use_evaluation('fail');
select pg_temp.use_evaluation('pass');
select is((internal.latest_evaluation(r)).verdict, 'pass', 'the latest') from public.rollouts r;
select public.promote_rollout('Ada', 'x', true);
select is((internal.latest_evaluation(r)).id, null, 'none of a stage that was left') from public.rollouts r;

select * from finish();
rollback;
