begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.use_ensemble();
select pg_temp.use_run('validate_window', 2);
select internal.end_job(j, 'dead', 'broken', 'the reason') from public.jobs j order by j.id limit 1;
select is_empty($$ select from public.jobs where kind = 'check_divergence' $$, 'not before the last window');
select internal.end_job(j, 'succeeded', null, null) from public.jobs j where j.status = 'queued';
select results_eq($$ select payload ->> 'symbol', payload ? 'window_id', priority::integer from public.jobs where kind = 'check_divergence' $$,
  $$ values ('TEST', false, 50) $$, 'after it, once, ahead of further windows');
select results_eq('select status, jobs_done, jobs_total from public.runs', $$ values ('queued', 2, 3) $$, 'and the run waits for it');

select * from finish();
rollback;
