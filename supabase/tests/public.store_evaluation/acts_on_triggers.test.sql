begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_for_service_role('public.store_evaluation');
select pg_temp.is_refused($$ select public.store_evaluation(1, 'canary', pg_temp.evaluation()) $$, 409, 'no_rollout', 'nothing to judge');
select pg_temp.use_rollout();
select pg_temp.is_refused($$ select public.store_evaluation(id, 'full', pg_temp.evaluation()) from public.rollouts $$, 409, 'stage_changed', 'another stage');
select is(pg_temp.use_evaluation('fail') ->> 'rolled_back', 'false', 'stored');
select is(pg_temp.use_evaluation('fail', '[{"trigger": "crps_worse", "subject": null, "figures": {}, "sentence": "worse."}]') ->> 'rolled_back', 'true', 'rolled back');
select results_eq($$ select kind from public.rollout_events where kind <> 'deployed' order by id $$,
  $$ values ('evaluated'), ('trigger'), ('rolled_back') $$, 'with its events');

select * from finish();
rollback;
