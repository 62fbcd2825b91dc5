begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.is_of_rollout');
select pg_temp.use_rollout();
select is(array[internal.is_of_rollout(r.id, 'TEST'), internal.is_of_rollout(r.id, 'AAPL'), internal.is_of_rollout(r.id, null)], array[true, false, true],
  'its symbols, and what is of none') from public.rollouts r;

select * from finish();
rollback;
