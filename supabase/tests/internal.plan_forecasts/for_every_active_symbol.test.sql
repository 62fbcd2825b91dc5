begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.plan_forecasts');
select pg_temp.use_ensemble();
select pg_temp.use_bars(110);
select pg_temp.use_bars(110, 'OTHER');
select pg_temp.use_bars(110, 'AWAY');
update public.symbols set active = false where symbol = 'AWAY';
create function pg_temp.plan() returns integer language sql as $$
  select internal.plan_forecasts(array(select s.id from public.symbols s where s.symbol in ('TEST', 'OTHER', 'AWAY')))
$$;
select is(array[pg_temp.plan(), pg_temp.plan()], array[2, 0], 'from their latest bars, once');

select * from finish();
rollback;
