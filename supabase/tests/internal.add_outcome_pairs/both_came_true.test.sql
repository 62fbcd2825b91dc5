begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.add_outcome_pairs');
select pg_temp.use_bars(5);
select internal.store_forecast(null, null, pg_temp.forecast(i)) from generate_series(1, 3) i;
select internal.store_forecast(null, null, pg_temp.forecast(i) || '{"ensemble": "baseline", "config_hash": "decafdecafdecaff"}') from generate_series(2, 3) i;
select internal.score_outcomes();
select results_eq('select n, baseline_hash, first_outcome_time, last_outcome_time from public.outcome_pair_sums',
  $$ values (2, 'decafdecafdecaff', pg_temp.bar_time(3), pg_temp.bar_time(4)) $$, 'forecasts of both from the same bar');
delete from public.forecasts where ensemble = 'baseline' and data_cutoff = pg_temp.bar_time(3);
select results_eq('select n, last_outcome_time from public.outcome_pair_sums', $$ values (1, pg_temp.bar_time(3)) $$,
  'without the pair that one of them left');
delete from public.forecast_outcomes;
select is(p.n, 0, 'none when all are gone') from public.outcome_pair_sums p;

select * from finish();
rollback;
