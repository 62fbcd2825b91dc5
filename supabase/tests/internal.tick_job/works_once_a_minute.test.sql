begin;
\ir ../fixtures.psql
select plan(10);

select pg_temp.is_internal('internal.tick_job');
select is(internal.tick_job('dispatch', '2019-12-23 14:59Z'), '{"skipped": "Vault has no project_url"}', 'it skips without an address to call');
select is(internal.tick_job('reconcile', '2019-12-23 14:59Z') ->> 'skipped', 'Vault has no project_url', 'so does reconcile');
select is_empty('select from public.cron_ticks', 'and records nothing');
select is((select min(active_since) from public.schedule_slots), '2019-12-23 14:59Z', 'and no slot before that is missed later');
select pg_temp.use_vault();
select is(internal.tick_job('dispatch', '2019-12-23 15:00:07Z'), '{"workers": 0}', 'it answers what the job did');
select is(internal.tick_job('dispatch', '2019-12-23 15:00:59Z'), '{"repeated": true}', 'a second tick in the minute does nothing');
select is(internal.tick_job('dispatch', '2019-12-23 15:01:00Z'), '{"workers": 0}', 'the next minute''s does');
alter function internal.plan_round(text, text, double precision) rename to plan_round_away;
select alike(internal.tick_job('plan', '2019-12-23 15:00Z') ->> 'error', '%plan_round(unknown, unknown, numeric) does not exist (SQLSTATE 42883)', 'an error is told');
select results_eq($$ select job, ticked_at, error is null from public.cron_ticks order by 1, 2 $$,
  $$ values ('dispatch', '2019-12-23 15:00Z'::timestamptz, true), ('dispatch', '2019-12-23 15:01Z', true), ('plan', '2019-12-23 15:00Z', false) $$,
  'and every tick is recorded');

select * from finish();
rollback;
