begin;
\ir ../fixtures.psql
select plan(9);

select pg_temp.is_for_service_role('public.forecast_state');
select pg_temp.use_ensemble();
select pg_temp.use_bars(130);
select is(public.forecast_state('{TEST}', '1D'), jsonb_build_array(jsonb_build_object('symbol', 'TEST', 'bars', 130,
  'restated_at', now() - interval '1 minute', 'forecast_id', null, 'artifact', null, 'failure', null)), 'bars alone');
create temporary table stored as select internal.store_artifact(null, pg_temp.artifact(120)) as artifact_id;
select is(public.forecast_state('{TEST}', '1D') -> 0 -> 'artifact', jsonb_build_object('id', artifact_id, 'cutoff_bar', 120),
  'a fit, with the ordinal of its last bar') from stored;
select pg_temp.use_window(129, 0.3);
create function pg_temp.with_artifact() returns boolean language sql as $$
  select public.forecast_state('{TEST}', '1D') -> 0 ->> 'artifact' is not null
$$;
update public.artifacts set trained_at = now() - interval '1 hour';
update public.bars set ingested_at = now() - interval '2 hours';
select is(pg_temp.with_artifact(), true, 'whatever was found of it since, if its weights are the preset');
create function pg_temp.use_configuration(p_hash text) returns void language sql as $$
  update public.ensembles set config_hash = p_hash;
  update public.artifacts set config_hash = p_hash;
  update public.ensemble_validation_metrics set hyperparameters = hyperparameters || jsonb_build_object('config_hash', p_hash)
$$;
select internal.store_configuration('cafecafecafecafe', '{"weighting": "calibrated"}');
select pg_temp.use_configuration('cafecafecafecafe');
select is(pg_temp.with_artifact(), false, 'not one with learned weights that an overfitted window has refuted since');
select pg_temp.use_configuration('feedfacefeedface');
update public.settings set value = '8' where name = 'artifact_max_age_bars';
select is(public.forecast_state('{TEST}', '1D') -> 0 ->> 'artifact', null, 'not one that is too old');
create temporary table made as select internal.store_forecast(null, null, pg_temp.forecast(129)) as id;
select is(public.forecast_state('{TEST}', '1D') -> 0 -> 'forecast_id', to_jsonb(id), 'the forecast from the latest bar') from made;
select pg_temp.restate_bar(5);
select is(public.forecast_state('{TEST}', '1D') -> 0 ->> 'forecast_id', null, 'not one from before its bars were restated');
select public.request_forecasts('{TEST}', '1D');
select internal.end_job(j, 'dead', 'broken', 'the reason') from public.jobs j;
select is(public.forecast_state('{TEST}', '1D') -> 0 -> 'failure',
  jsonb_build_object('code', 'broken', 'message', 'the reason', 'retry_at', now() + interval '1 hour'), 'a failure, and until when it is remembered');

select * from finish();
rollback;
