begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.use_ensemble();
select pg_temp.use_run('validate_window', 2);
select internal.end_job(j, 'dead', 'broken', 'the reason') from public.jobs j order by j.id limit 1;
select internal.end_job(j, 'succeeded', null, null) from public.jobs j where j.status = 'queued' and j.kind = 'validate_window';
select internal.end_job(j, 'succeeded', null, null) from public.jobs j where j.kind = 'check_divergence';
select public.retry_job(id) from public.jobs where status = 'dead';
select results_eq('select status, jobs_done, jobs_total from public.runs', $$ values ('running', 1, 2) $$, 'the check of the other windows is undone');
select internal.end_job(j, 'succeeded', null, null) from public.jobs j where j.status = 'queued';
select is(count(*)::integer, 1, 'and follows this one') from public.jobs where kind = 'check_divergence' and status = 'queued';

select * from finish();
rollback;
