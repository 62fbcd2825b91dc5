begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.notice_failures');
select pg_temp.use_ensemble();
select pg_temp.use_run('validate_window');
delete from public.ensembles;
select pg_temp.use_rollout('1 day');
update public.jobs set status = 'dead', finished_at = now(), error_code = 'x', error_message = 'y';
create function pg_temp.notice() returns jsonb language sql as $$ select internal.notice_failures(r, r.started_at, now()) from public.rollouts r $$;
select is(pg_temp.notice(), '[]', 'a dead job is no trigger');
select public.record_error('cron.plan', 'x', 'y');
select is(pg_temp.notice(), '[]', 'nor is an error of the platform');
select public.record_error('forecast-worker', 'internal_error', 'y');
select is(pg_temp.notice() #>> '{0, trigger}', 'unhandled_error', 'one of the worker is');
select is(pg_temp.notice(), '[]', 'once');
select results_eq($$ select kind from public.rollout_events where kind in ('job_dead', 'error') order by id $$, $$ values ('job_dead'), ('error'), ('error') $$, 'each an event');

select * from finish();
rollback;
