begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_for_service_role('public.forecast_state');
select pg_temp.use_ensemble();
select pg_temp.use_bars(110);
select is(public.forecast_state('{TEST}', '1D'), '[{"symbol": "TEST", "bars": 110, "forecast_id": null, "artifact": null}]', 'bars alone');
create temporary table stored as select internal.store_artifact(null, pg_temp.artifact(100)) as artifact_id;
select is(public.forecast_state('{TEST}', '1D') -> 0 -> 'artifact', jsonb_build_object('id', artifact_id, 'cutoff_bar', 100),
  'a fit, with the ordinal of its last bar') from stored;
update public.settings set value = '8' where name = 'artifact_max_age_bars';
select is(public.forecast_state('{TEST}', '1D') -> 0 ->> 'artifact', null, 'not one that is too old');
create temporary table made as select internal.store_forecast(null, null, pg_temp.forecast(109)) as id;
select is(public.forecast_state('{TEST}', '1D') -> 0 -> 'forecast_id', to_jsonb(id), 'the forecast from the latest bar') from made;
select pg_temp.restate_bar(5);
select is(public.forecast_state('{TEST}', '1D') -> 0 ->> 'forecast_id', null, 'not one from before its bars were restated');

select * from finish();
rollback;
