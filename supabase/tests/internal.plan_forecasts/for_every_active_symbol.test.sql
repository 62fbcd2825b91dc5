begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.plan_forecasts');
update public.symbols set active = false;
select pg_temp.use_ensemble();
select pg_temp.use_bars(110);
select pg_temp.use_bars(110, 'OTHER');
select pg_temp.use_bars(110, 'AWAY');
update public.symbols set active = false where symbol = 'AWAY';
select is(array[internal.plan_forecasts(), internal.plan_forecasts()], array[2, 0], 'from their latest bars, once');

select * from finish();
rollback;
