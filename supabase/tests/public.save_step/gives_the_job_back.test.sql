begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_for_service_role('public.save_step');
select pg_temp.use_ensemble();
select pg_temp.use_vault();
select pg_temp.use_run();
update public.jobs set attempts = 3, error_code = 'broken', error_message = 'once';
create temporary table claimed as select public.claim_job(array['forecast'], '1') as job;

select pg_temp.is_refused(
  format('select public.save_step(%s, %L, ''{}'', 0.5)', job ->> 'id', gen_random_uuid()), 409, 'lease_lost',
  'a step of who lost the lease is refused') from claimed;
select is_empty('select from public.job_checkpoints', 'and nothing of it is stored');

select public.save_step((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid, '{"step": 1}', 0.5) from claimed;
select results_eq('select checkpoint, saved_at from public.job_checkpoints', $$ values ('{"step": 1}'::jsonb, now()) $$, 'the checkpoint is stored');
select results_eq(
  'select status, lease_token, attempts::integer, steps, progress, error_code from public.jobs',
  $$ values ('queued', null::uuid, 0, 1, 0.5::double precision, null::text) $$,
  'the job is in the queue again, and what failed before no longer counts');
select is(pg_temp.requests(), array['forecast-worker'], 'a successor is asked for');

update claimed set job = public.claim_job(array['forecast'], '1');
select public.save_step((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid, '{"step": 2}', 0.25) from claimed;
select results_eq(
  'select j.steps, j.progress, c.checkpoint from public.jobs j join public.job_checkpoints c on c.job_id = j.id',
  $$ values (2, 0.5::double precision, '{"step": 2}'::jsonb) $$, 'the next step replaces the checkpoint; progress never falls');

select * from finish();
rollback;
