begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.sum_origin');
select pg_temp.use_bars(1303);
select pg_temp.use_rollout();
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z';
select internal.store_forecast(null, null, pg_temp.forecast(1300));
select internal.store_forecast(null, null, pg_temp.forecast(1300) || '{"ensemble": "baseline", "config_hash": "decafdecafdecaff"}');
update public.forecasts set issued_at = '2019-12-30 22:00Z';
select internal.score_outcomes();
select internal.compare_pairs(10);

create function pg_temp.sum_it() returns void language sql as $$
  select internal.sum_origin(p.rollout_id, p.stage, p.horizon, p.data_cutoff) from public.forecast_pairs p
$$;
update public.pair_sums_by_origin set pairs = 7, candidate_crps = null;
select pg_temp.sum_it();
select results_eq('select pairs, unusable, candidate_crps from public.pair_sums_by_origin',
  'select 1, 0, candidate_crps / scale from public.forecast_pairs', 'whatever was there before');
update public.forecast_pairs set scale = null, mean_difference = null, bounded_error = null, bounded_candidate_crps = null,
  bounded_baseline_crps = null, crps_floors_below = null, crps_floors_above = null, squares_floors_below = null, squares_floors_above = null;
select results_eq('select pairs, unusable, candidate_crps from public.pair_sums_by_origin', 'select 0, 1, null::double precision',
  'what cannot be compared is counted by itself');
update public.forecast_pairs set compared_at = null;
select pg_temp.sum_it();
select is_empty('select from public.pair_sums_by_origin', 'an origin without any has no row');

select * from finish();
rollback;
