begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.note_late_forecasts');
select pg_temp.use_bars(5);
delete from public.outcomes_due;
select internal.store_forecast(null, null, pg_temp.forecast(4));
select is_empty('select from public.outcomes_due', 'a forecast from the latest bar waits for the next');
select internal.store_forecast(null, null, pg_temp.forecast(2));
select results_eq('select since from public.outcomes_due', $$ select pg_temp.bar_time(2) $$, 'one that came after it is looked at');

select * from finish();
rollback;
