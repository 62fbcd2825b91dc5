begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.decision_text');
select pg_temp.use_rollout();
select is(internal.decision_text(id, '{rolled_back}'), null, 'nothing without one') from public.rollouts;
select public.rollback_rollout('Bob', 'it drifts');
select is(internal.decision_text(id, '{deployed, rolled_back}'), format('rolled back by Bob at %s: it drifts', internal.utc_text(now())), 'the latest')
from public.rollouts;

select * from finish();
rollback;
