begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.sum_outcomes');
select pg_temp.use_bars(4);
select internal.store_forecast(null, null, pg_temp.forecast(2));
select internal.score_outcomes();
select is(s.crps, o.crps::numeric, 'an outcome that comes is added') from public.outcome_sums s, public.forecast_outcomes o where s.latest = 0;
delete from public.forecast_outcomes;
select results_eq('select distinct n, crps from public.outcome_sums', 'values (0, 0::numeric)', 'one that goes taken out');

select * from finish();
rollback;
