begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.end_job');
select pg_temp.use_ensemble();
select pg_temp.use_run('forecast', 2);
insert into public.job_checkpoints (job_id, checkpoint) select id, '{}' from public.jobs;

select internal.end_job(j, 'dead', 'broken', 'the reason') from public.jobs j order by j.id limit 1;
select results_eq('select status, jobs_done, jobs_total, finished_at from public.runs',
  $$ values ('queued', 1, 2, null::timestamptz) $$, 'a run goes on while a job is left');
select results_eq('select status, error_code, error_message, finished_at from public.jobs order by id limit 1',
  $$ values ('dead', 'broken', 'the reason', now()) $$, 'the job that failed says why');
select is(count(*)::integer, 1, 'its checkpoint is gone') from public.job_checkpoints;

select internal.end_job(j, 'succeeded', null, null) from public.jobs j where j.status = 'queued';
select results_eq('select status, error_code, error_message, finished_at from public.runs',
  $$ values ('failed', 'broken', 'the reason', now()) $$, 'a run with a dead job has failed, with that job''s reason');
select is_empty($$ select from public.jobs where kind = 'check_divergence' $$, 'forecasts are not checked for divergence');

select * from finish();
rollback;
