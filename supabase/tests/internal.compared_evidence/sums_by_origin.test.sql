begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.compared_evidence');
select pg_temp.use_bars(1303);
select pg_temp.use_rollout();
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z';
select internal.store_forecast(null, null, pg_temp.forecast(1300));
select internal.store_forecast(null, null, pg_temp.forecast(1300) || '{"ensemble": "baseline", "config_hash": "decafdecafdecaff"}');
update public.forecasts set issued_at = '2019-12-30 22:00Z';
select internal.score_outcomes();

create function pg_temp.compared() returns jsonb language sql as $$ select internal.compared_evidence(r) from public.rollouts r $$;
select is(pg_temp.compared() - 'ratios', '{"origins": [], "waiting": 1, "unusable": {"count": 0, "latest": []}}', 'one waits');
select internal.compare_pairs(10);
select is(pg_temp.compared() #> '{origins, 0, pairs}', '1', 'then it is compared');
select ok((pg_temp.compared() #>> '{origins, 0, crps, candidate}')::double precision > 0, 'with its score');
update public.forecast_pairs set scale = null, mean_difference = null, bounded_error = null, bounded_candidate_crps = null,
  bounded_baseline_crps = null, crps_floors_below = null, crps_floors_above = null, squares_floors_below = null, squares_floors_above = null;
select is(pg_temp.compared() #>> '{unusable, latest, 0, symbol}', 'TEST', 'what cannot be compared is named');

select * from finish();
rollback;
