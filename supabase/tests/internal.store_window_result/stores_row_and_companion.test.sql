begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.store_window_result');
select pg_temp.use_ensemble();
select pg_temp.use_bars(130);
select pg_temp.use_run('validate_window');
select is(internal.store_window_result(j, jsonb_build_object('metrics', pg_temp.metrics(129), 'tests', pg_temp.tests(129))), null,
  'the result is rows, nothing stays with the job') from public.jobs j;
select results_eq('select m.window_id, o.run_id = j.run_id from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id cross join public.jobs j where m.symbol = ''TEST''',
  $$ values (129, true) $$, 'the window with what the tests found, and the run');

select * from finish();
rollback;
