begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.finish_evaluation');
select pg_temp.use_rollout();
select internal.plan_evaluation('test');
select is(internal.finish_evaluation(j, pg_temp.evaluation()) ->> 'verdict', 'pass', 'stored') from public.jobs j where j.kind = 'evaluate_rollout';
select public.promote_rollout('Ada', 'x', true);
select matches(internal.finish_evaluation(j, pg_temp.evaluation()) ->> 'skipped', '^rollout \d+ is running in stage limited meanwhile$',
  'not of a stage that was left') from public.jobs j where j.kind = 'evaluate_rollout';
select is(count(*)::integer, 1, 'one row') from public.rollout_evaluations;

select * from finish();
rollback;
