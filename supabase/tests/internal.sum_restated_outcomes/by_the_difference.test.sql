begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.sum_restated_outcomes');
select pg_temp.use_bars(4);
select internal.store_forecast(null, null, pg_temp.forecast(2));
select internal.score_outcomes();
update public.forecast_outcomes set crps = 0.125;
select results_eq('select distinct n, crps from public.outcome_sums', 'values (1, 0.125)', 'a restated outcome is counted as it is now');

select * from finish();
rollback;
