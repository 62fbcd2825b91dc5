begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.series_share');
select pg_temp.use_bars(1303);
select pg_temp.use_rollout();
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z';
select internal.store_forecast(null, null, pg_temp.forecast(1300));
select internal.store_forecast(null, null, pg_temp.forecast(1300) || '{"ensemble": "baseline", "config_hash": "decafdecafdecaff"}');
update public.forecasts set issued_at = '2019-12-30 22:00Z';
select internal.score_outcomes();

select is((s.scored, s.pairs), (1, 1), 'a pair counts once') from public.forecast_pairs p, internal.series_share(p, 1) s;
select is((s.candidate_crps, s.covered_90), (-p.candidate_crps::numeric, -p.candidate_covered[3]::integer), 'or is taken away')
from public.forecast_pairs p, internal.series_share(p, -1) s;
delete from public.forecasts where ensemble = 'baseline';
select is((s.scored, s.pairs, s.candidate_crps), (1, 0, 0::numeric), 'without the baseline there is nothing to compare')
from public.forecast_pairs p, internal.series_share(p, 1) s;

select * from finish();
rollback;
