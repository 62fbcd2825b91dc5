begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_for_service_role('public.fail_job');
select pg_temp.use_ensemble();
select pg_temp.use_run();
create temporary table claimed as select public.claim_job(array['forecast'], '1') as job;
create function pg_temp.fail(p_retry boolean) returns text language sql as $$
  select public.fail_job((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid, 'broken', 'the reason', p_retry) from claimed
$$;

select is(pg_temp.fail(true), 'queued', 'a failure that may pass is tried again');
select results_eq(
  'select status, lease_token, attempts::integer, run_after, error_code, error_message from public.jobs',
  $$ select 'queued', null::uuid, 1, now() + internal.retry_delay(id, 1), 'broken', 'the reason' from public.jobs $$, 'after a while');
select pg_temp.is_refused('select pg_temp.fail(true)', 409, 'lease_lost', 'a failure without the lease is refused');

update public.jobs set run_after = now();
update claimed set job = public.claim_job(array['forecast'], '1');
select pg_temp.fail(true);
select is(run_after, now() + internal.retry_delay(id, 2), 'then after a longer one') from public.jobs;

update public.jobs set run_after = now(), attempts = max_attempts - 1;
update claimed set job = public.claim_job(array['forecast'], '1');
select is(pg_temp.fail(true), 'dead', 'and never again when the attempts are used up');
select results_eq('select status, error_code, error_message from public.runs', $$ values ('failed', 'broken', 'the reason') $$, 'the run says why');

delete from public.runs;
select pg_temp.use_run();
update claimed set job = public.claim_job(array['forecast'], '1');
select is(pg_temp.fail(false), 'dead', 'at once when trying again is pointless');

select * from finish();
rollback;
