begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.keep_origin_sums');
select pg_temp.use_bars(1303);
select pg_temp.use_rollout();
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z';
select internal.store_forecast(null, null, pg_temp.forecast(1300));
select internal.store_forecast(null, null, pg_temp.forecast(1300) || '{"ensemble": "baseline", "config_hash": "decafdecafdecaff"}');
update public.forecasts set issued_at = '2019-12-30 22:00Z';
select internal.score_outcomes();

select is_empty('select from public.pair_sums_by_origin', 'what waits is in no sum');
select internal.compare_pairs(10);
select results_eq('select pairs, candidate_crps, outcome_date from public.pair_sums_by_origin',
  $$select 1, candidate_crps / scale, (outcome_time at time zone 'UTC')::date from public.forecast_pairs$$, 'what was compared is');
update public.forecast_outcomes set scored_at = now();
select is_empty('select from public.pair_sums_by_origin', 'until it is scored anew');
select internal.compare_pairs(10);
delete from public.forecasts where ensemble = 'baseline';
select is_empty('select from public.pair_sums_by_origin', 'or deleted');

select * from finish();
rollback;
