begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.keep_scored_forecasts');
select pg_temp.use_bars(4);
select internal.store_forecast(null, null, pg_temp.forecast(2));
select lives_ok('update public.forecasts set forecast_return = 0.001', 'a forecast that waits may be changed');
select internal.score_outcomes();
select pg_temp.is_refused('update public.forecasts set forecast_return = 0.002', 409, 'forecast_scored', 'not one that has come true');
select lives_ok('update public.forecasts set issued_at = now()', 'but in what no sum has');

select * from finish();
rollback;
