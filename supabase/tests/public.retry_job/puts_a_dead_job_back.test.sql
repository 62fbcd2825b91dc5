begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_for_service_role('public.retry_job');
select pg_temp.use_ensemble();
select pg_temp.use_run('forecast', 2);
select pg_temp.is_refused('select public.retry_job(-1)', 404, 'unknown_job', 'a job that is not there');
select pg_temp.is_refused(format('select public.retry_job(%s)', id), 409, 'not_dead', 'a job that still waits') from public.jobs order by id limit 1;
select internal.end_job(j, 'dead', 'broken', 'the reason') from public.jobs j order by j.id;
select public.retry_job(min(id)) from public.jobs;
select results_eq('select j.status, j.attempts::integer, r.status, r.jobs_done, r.error_code, t.error_message
  from public.jobs j join public.job_retries t on t.job_id = j.id join public.runs r on r.id = j.run_id',
  $$ values ('queued', 0, 'running', 1, null, 'the reason') $$, 'job and run go on, and what it had died of is kept');
select internal.end_job(j, 'succeeded', null, null) from public.jobs j where j.status = 'queued';
select is(status, 'failed', 'the run then ends as its other jobs did') from public.runs;
insert into public.runs (kind, ensemble, idempotency_key, requested_via, config_hash)
select kind, ensemble, idempotency_key, requested_via, config_hash from public.runs;
select pg_temp.is_refused(format('select public.retry_job(%s)', id), 409, 'superseded', 'not when its run was planned anew')
from public.jobs where status = 'dead';

select * from finish();
rollback;
