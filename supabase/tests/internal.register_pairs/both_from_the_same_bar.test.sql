begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.register_pairs');
select pg_temp.use_bars(1303);
select pg_temp.use_rollout();
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z';
select internal.store_forecast(null, null, pg_temp.forecast(1300));
select internal.store_forecast(null, null, pg_temp.forecast(1300) || '{"ensemble": "baseline", "config_hash": "decafdecafdecaff"}');
update public.forecasts set issued_at = '2019-12-30 22:00Z';
select internal.score_outcomes();

select is(count(*), 1::bigint, 'one row for both') from public.forecast_pairs where baseline_id is not null and compared_at is null;
delete from public.forecasts where ensemble = 'baseline';
select is(count(*), 1::bigint, 'and for the candidate alone') from public.forecast_pairs where baseline_id is null;
update public.rollouts set stage_started_at = '2019-12-31 06:00Z';
delete from public.forecast_outcomes;
select internal.score_outcomes();
select is_empty('select from public.forecast_pairs', 'none from before the stage');

select * from finish();
rollback;
