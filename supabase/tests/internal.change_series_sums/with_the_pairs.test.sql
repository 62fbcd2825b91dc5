begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.change_series_sums');
select pg_temp.use_bars(1303);
select pg_temp.use_rollout();
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z';
select internal.store_forecast(null, null, pg_temp.forecast(1300));
select internal.store_forecast(null, null, pg_temp.forecast(1300) || '{"ensemble": "baseline", "config_hash": "decafdecafdecaff"}');
update public.forecasts set issued_at = '2019-12-30 22:00Z';
select internal.score_outcomes();

update public.forecast_pairs set candidate_crps = 2 * candidate_crps;
select results_eq('select scored, pairs, candidate_crps from public.pair_sums_by_series',
  'select 1, 1, candidate_crps::numeric from public.forecast_pairs', 'a pair changes');
create temporary table place on commit drop as select ctid as tuple from public.pair_sums_by_series;
select internal.compare_pairs(10);
select results_eq('select ctid from public.pair_sums_by_series', 'select tuple from place', 'to compare it changes no sum');
delete from public.forecasts where ensemble = 'baseline';
select results_eq('select scored, pairs, candidate_crps from public.pair_sums_by_series', 'select 1, 0, 0::numeric', 'it loses its baseline');

select * from finish();
rollback;
