begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.store_forecast_result');
select pg_temp.use_ensemble();
select pg_temp.use_bars(110);
select pg_temp.use_run();
select is(internal.store_forecast_result(j, jsonb_build_object('artifact', pg_temp.artifact(109), 'forecast', pg_temp.forecast(109))), null,
  'the result is rows, nothing stays with the job') from public.jobs j;
select results_eq('select f.symbol, f.artifact_id = a.id, f.run_id = j.run_id
  from public.forecasts f cross join public.artifacts a cross join public.jobs j where f.symbol = ''TEST''',
  $$ values ('TEST', true, true) $$, 'a forecast with its artifact');
select is_empty($$ select from public.ensemble_weights where symbol = 'TEST' $$, 'and no weights where none were learned');

select * from finish();
rollback;
