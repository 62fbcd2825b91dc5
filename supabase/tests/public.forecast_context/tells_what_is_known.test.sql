begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_for_service_role('public.forecast_context');
select pg_temp.use_bars(130);
select is(public.forecast_context('TEST', '1D', 'feedfacefeedface'),
  jsonb_build_object('thresholds', internal.setting('direction_thresholds'), 'latest_window', null, 'outcomes', 0), 'the thresholds, where nothing else is');
select pg_temp.use_window(129, 0.3), internal.store_forecast(null, null, pg_temp.forecast(120));
select internal.score_outcomes();
select is(public.forecast_context('TEST', '1D', 'feedfacefeedface') - 'thresholds',
  jsonb_build_object('latest_window', jsonb_build_object('window_id', 129, 'last_bar_time',
    to_char(pg_temp.bar_time(129) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'verdict', 'overfitting',
    'reasons', '["the divergence is above its threshold"]'::jsonb), 'outcomes', 1), 'the latest window''s verdict, and how many came true');
select is(public.forecast_context('TEST', '1D', 'cafecafecafecafe') - 'thresholds', '{"latest_window": null, "outcomes": 0}',
  'of this configuration only');

select * from finish();
rollback;
