begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_for_service_role('public.complete_job');
select pg_temp.use_ensemble();
select pg_temp.use_vault();
select pg_temp.use_bars(110);
select pg_temp.use_run();
create temporary table claimed as select public.claim_job(array['forecast'], '1') as job;
create function pg_temp.complete() returns void language sql as $$
  select public.complete_job((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid, jsonb_build_object(
    'artifact', pg_temp.artifact(109), 'forecast', pg_temp.forecast(109), 'weights', jsonb_build_object(
      'symbol', 'TEST', 'horizon', '1D', 'ensemble', 'candidate', 'config_hash', 'feedfacefeedface',
      'data_cutoff', pg_temp.bar_time(109), 'method', 'preset', 'weights', '{"LSTM": 0.5, "ARIMA_GARCH": 0.5}'::jsonb,
      'samples', 3, 'span_days', 3, 'reason_code', 'too_few_samples', 'reason', '3 of 100')))
  from claimed
$$;

select lives_ok('select pg_temp.complete()', 'a forecast is handed in');
select results_eq(
  'select f.symbol, f.artifact_id is not null, f.run_id = j.run_id, a.run_id = j.run_id
   from public.forecasts f join public.artifacts a on a.id = f.artifact_id cross join public.jobs j',
  $$ values ('TEST', true, true, true) $$, 'with the fit it was made from');
select results_eq('select method, reason_code from public.ensemble_weights where symbol = ''TEST''',
  $$ values ('preset', 'too_few_samples') $$, 'and the weights');
select results_eq('select j.status, j.progress, r.status from public.jobs j join public.runs r on r.id = j.run_id',
  $$ values ('succeeded', 1::double precision, 'succeeded') $$, 'job and run have ended');
select pg_temp.is_refused('select pg_temp.complete()', 409, 'lease_lost', 'a second time it is refused');
select is(count(*)::integer, 1, 'and nothing is stored twice') from public.forecasts where symbol = 'TEST';

select * from finish();
rollback;
