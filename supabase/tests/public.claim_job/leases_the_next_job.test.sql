begin;
\ir ../fixtures.psql
select plan(9);

select pg_temp.is_for_service_role('public.claim_job');
select is(public.claim_job(array['forecast'], '1'), null, 'null when the queue is empty');

select pg_temp.use_ensemble();
create temporary table runs as select pg_temp.use_run('forecast', 2) as id;
update public.jobs set priority = 5 where idempotency_key like '%:forecast:2';

create temporary table claimed as select public.claim_job(array['forecast'], '7') as job;
select is(job -> 'payload' ->> 'window_id', '2', 'the smaller priority comes first') from claimed;
select is(job - array['id', 'lease_token', 'payload'],
  jsonb_build_object('run_id', r.id, 'kind', 'forecast', 'attempt', 1, 'configuration', '{"seed": 1}'::jsonb,
    'config_hash', 'feedfacefeedface', 'on_member_failure', 'fail', 'checkpoint', null),
  'the claim brings what the run was planned with')
from claimed, runs r;
select results_eq(
  'select status, attempts::integer, lease_until from public.jobs where lease_token = (select (job ->> ''lease_token'')::uuid from claimed)',
  $$ values ('running', 1, now() + interval '60 seconds') $$, 'the job is leased for the setting lease_seconds');
select results_eq('select status, started_at, code_version from public.runs', $$ values ('running', now(), '7') $$, 'its run has begun');

select isnt(public.claim_job(array['forecast'], '7') ->> 'id', (select job ->> 'id' from claimed), 'a leased job is not given to another');
select is(public.claim_job(array['forecast'], '7'), null, 'null when every job is leased');
select is(public.claim_job(array['validate_window'], '7'), null, 'jobs of other kinds are left alone');

select * from finish();
rollback;
