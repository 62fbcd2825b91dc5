begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_for_service_role('public.rollback_rollout');
select pg_temp.is_refused($$ select public.rollback_rollout('Bob', 'x') $$, 409, 'no_rollout', 'nothing to roll back');
select pg_temp.use_rollout();
select pg_temp.is_refused($$ select public.rollback_rollout('Bob', '') $$, 400, 'no_reason', 'it needs a reason');
select is(public.rollback_rollout('Bob', 'x') ->> 'serving', 'baseline', 'done');
select results_eq($$ select distinct ensemble from public.vw_serving_ensembles $$, $$ values ('baseline') $$, 'everywhere');
select pg_temp.is_refused($$ select public.rollback_rollout('Cleo', 'x') $$, 409, 'already_rolled_back', 'once');

select * from finish();
rollback;
