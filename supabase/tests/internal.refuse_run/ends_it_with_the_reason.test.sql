begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.refuse_run');
select pg_temp.use_ensemble();
select internal.refuse_run(pg_temp.use_run('forecast', 0), 'too_few_bars', 'TEST has 3 bars');
select results_eq('select status, error_code, error_message, finished_at from public.runs',
  $$ values ('failed', 'too_few_bars', 'TEST has 3 bars', now()) $$, 'a run that never began says why');

select * from finish();
rollback;
