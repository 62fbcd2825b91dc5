begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.plan_evaluation');
select is(internal.plan_evaluation('a') ->> 'skipped', 'no rollout runs', 'nothing to judge');
select pg_temp.use_rollout();
select isnt(internal.plan_evaluation('a') ->> 'run_id', null, 'planned');
select isnt(internal.plan_evaluation('a') ->> 'skipped', null, 'once');
select results_eq($$ select r.kind, j.kind, j.payload ->> 'stage' from public.jobs j join public.runs r on r.id = j.run_id $$,
  $$ values ('rollout_evaluation', 'evaluate_rollout', 'canary') $$, 'one job');

select * from finish();
rollback;
