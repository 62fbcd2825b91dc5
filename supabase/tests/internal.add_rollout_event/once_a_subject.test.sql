begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.add_rollout_event');
select pg_temp.use_rollout();
create function pg_temp.add(p_subject text) returns bigint language sql as $$
  select internal.add_rollout_event(r.id, 'error', 'automatic', 'x', '{"a": 1}', p_subject) from public.rollouts r
$$;
select isnt(pg_temp.add('error 1'), null, 'its id');
select is(pg_temp.add('error 1'), null, 'nothing when it is there');
select isnt(pg_temp.add(null), pg_temp.add(null), 'what has no subject, as often as it happens');
select results_eq($$ select distinct stage, figures from public.rollout_events where kind = 'error' $$,
  $$ values ('canary', '{"a": 1}'::jsonb) $$, 'with the stage of that time');

select * from finish();
rollback;
