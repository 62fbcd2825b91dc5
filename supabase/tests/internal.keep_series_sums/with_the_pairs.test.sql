begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.keep_series_sums');
select pg_temp.use_bars(1303);
select pg_temp.use_rollout();
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z';
select internal.store_forecast(null, null, pg_temp.forecast(1300));
select internal.store_forecast(null, null, pg_temp.forecast(1300) || '{"ensemble": "baseline", "config_hash": "decafdecafdecaff"}');
update public.forecasts set issued_at = '2019-12-30 22:00Z';
select internal.score_outcomes();

select results_eq('select scored, pairs, candidate_crps from public.pair_sums_by_series',
  'select 1, 1, candidate_crps::numeric from public.forecast_pairs', 'a pair comes');
delete from public.forecasts;
select is_empty('select from public.pair_sums_by_series', 'and goes');

select * from finish();
rollback;
