begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.slot_evaluate_rollout');
select is(internal.slot_evaluate_rollout('2019-12-23', '08:00', '2019-12-23 13:00Z'), '{"skipped": "no rollout runs"}', 'nothing to judge');
select pg_temp.use_rollout();
select ok(internal.slot_evaluate_rollout('2019-12-23', '08:00', '2019-12-23 13:00Z') ? 'run_id', 'a rollout that runs is judged');
select ok(internal.slot_evaluate_rollout('2019-12-23', '08:00', '2019-12-23 13:00Z') ? 'skipped', 'once a date and time');

select * from finish();
rollback;
