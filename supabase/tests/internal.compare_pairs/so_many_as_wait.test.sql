begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.compare_pairs');
select pg_temp.use_bars(1303);
select pg_temp.use_rollout();
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z';
select internal.store_forecast(null, null, pg_temp.forecast(1300));
select internal.store_forecast(null, null, pg_temp.forecast(1300) || '{"ensemble": "baseline", "config_hash": "decafdecafdecaff"}');
update public.forecasts set issued_at = '2019-12-30 22:00Z';
select internal.score_outcomes();

select is(internal.compare_pairs(0), 0, 'as many as are asked for');
select is(internal.compare_pairs(10), 1, 'as many as wait');
select is(internal.compare_pairs(10), 0, 'once');
select ok(p.scale > 0 and p.mean_difference = 0 and cardinality(p.crps_floors_below) = cardinality(internal.compared_ratios()), 'with the figures') from public.forecast_pairs p;
select ok(p.crps_floors_below[8] >= 0, 'equal forecasts can only be within the margin') from public.forecast_pairs p;
update public.forecast_outcomes set scored_at = now();
select is(internal.compare_pairs(10), 1, 'and anew when it is scored anew');

select * from finish();
rollback;
