begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.delete_outcome');
select pg_temp.use_bars(4);
select internal.store_forecast(null, null, pg_temp.forecast(2));
select internal.score_outcomes();
delete from public.forecasts;
select is_empty('select from public.forecast_outcomes', 'the outcome goes with its forecast');
select is_empty('select from public.outcome_sums where n > 0', 'and out of the sums');

select * from finish();
rollback;
