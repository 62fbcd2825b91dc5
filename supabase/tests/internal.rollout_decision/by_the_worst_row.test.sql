begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.rollout_decision');
update public.settings set value = 'false' where name = 'automatic_rollback';
select pg_temp.use_rollout();
create function pg_temp.decision(variadic p_obstacles text[]) returns text language sql as $$
  select internal.rollout_decision(r, p_obstacles) from public.rollouts r where r.status = 'running'
$$;
select pg_temp.use_evaluation();
select is(pg_temp.decision('early'), 'hold', 'while something is missing');
select is(pg_temp.decision(variadic '{}'), 'promote', 'when nothing is');
update public.rollout_evaluations set evidence_at = evidence_at - interval '1 minute';
select pg_temp.use_evaluation('fail');
select is(pg_temp.decision('early'), 'do not promote', 'a criterion that fails');
update public.rollout_evaluations set evidence_at = evidence_at - interval '1 minute';
select is((pg_temp.use_evaluation('insufficient', '[{"trigger": "rmse_worse", "subject": "1D"}]')) ->> 'decision', 'roll back',
  'a trigger, whatever the verdict: what is stored is answered with it');
update public.rollout_evaluations set evidence_at = evidence_at - interval '1 minute';
select pg_temp.use_evaluation();
select is(pg_temp.decision(variadic '{}'), 'roll back', 'also one that an earlier evaluation of the stage found');

select * from finish();
rollback;
