begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.use_ensemble();
select pg_temp.use_vault();
select pg_temp.use_bars(130);
select pg_temp.use_run('validate_window');
create temporary table claimed as select public.claim_job(array['validate_window'], '1') as job;
select public.complete_job((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid,
  jsonb_build_object('metrics', pg_temp.metrics(129, 0.3), 'tests', pg_temp.tests(129, 0.3))) from claimed;
select results_eq(
  'select m.window_id, o.verdict, o.run_id = (select id from public.runs) from public.ensemble_validation_metrics m
   join public.overfitting_tests o on o.metrics_id = m.id where m.symbol = ''TEST''',
  $$ values (129, 'overfitting', true) $$, 'a window is stored with its findings');
select is(pg_temp.requests(), array['check-divergence'], 'the divergence check is asked for');

update claimed set job = public.claim_job(array['check_divergence'], '1');
select is(job ->> 'kind', 'check_divergence', 'and waits in the queue') from claimed;
select throws_ok(format('select public.complete_job(%s, %L, ''{"open": [{"symbol": "TEST"}], "resolve": []}'')', job ->> 'id', job ->> 'lease_token'),
  '23502', null, 'an alert without its figures is refused') from claimed;
select public.complete_job((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid, '{"open": [{"symbol": "TEST", "horizon": "1D",
  "ensemble": "candidate", "level": "overfitting", "threshold": 0.2, "divergence": 0.3, "message": "why"}], "resolve": []}') from claimed;
select results_eq('select level, message, resolved_at from public.divergence_alerts where symbol = ''TEST''',
  $$ values ('overfitting', 'why', null::timestamptz) $$, 'an alert is opened');
select is(status, 'succeeded', 'and the run has ended') from public.runs;

select * from finish();
rollback;
