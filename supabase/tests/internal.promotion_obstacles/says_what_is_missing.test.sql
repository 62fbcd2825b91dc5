begin;
\ir ../fixtures.psql
select plan(11);

select pg_temp.is_internal('internal.promotion_obstacles');
select pg_temp.use_rollout();
create function pg_temp.obstacles() returns integer language sql as $$
  select cardinality(internal.promotion_obstacles(r)) from public.rollouts r
$$;
select is(pg_temp.obstacles(), 2, 'time and an evaluation');
select pg_temp.use_evaluation('insufficient');
select is(pg_temp.obstacles(), 2, 'time and a better one');
select pg_temp.use_evaluation();
select is(pg_temp.obstacles(), 1, 'time');
update public.rollouts set stage_due_at = now();
select is(pg_temp.obstacles(), 0, 'nothing');
select internal.add_rollout_event(id, 'error', 'automatic', 'x') from public.rollouts;
select is(pg_temp.obstacles(), 1, 'an evaluation later than what was noticed');
select pg_temp.use_evaluation();
select is(pg_temp.obstacles(), 1, 'surely later');
update public.rollout_evaluations set evidence_at = now() + interval '6 minutes' where id = (select max(id) from public.rollout_evaluations);
select is(pg_temp.obstacles(), 0, 'nothing again');
select public.record_error('cron.plan', 'internal_error', 'x');
select is(pg_temp.obstacles(), 0, 'an error of the platform is none');
select public.record_error('forecast-worker', 'internal_error', 'x');
update public.errors set occurred_at = now() + interval '2 minutes';
select is(pg_temp.obstacles(), 1, 'nor with what was not noticed yet');
update public.rollout_evaluations set evidence_at = now() - interval '24 hours 1 second';
select ok(pg_temp.obstacles() >= 1, 'a fresh evaluation');

select * from finish();
rollback;
