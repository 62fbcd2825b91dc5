begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.slot_forecast');
update public.symbols set active = false;
select pg_temp.use_ensemble();
select pg_temp.use_bars(170);
select is(internal.slot_forecast('2019-12-23', '08:00', '2019-12-23 13:00Z'), '{"forecasts": 1}', 'the latest bar has no forecast');
select is(internal.slot_forecast('2019-12-23', '08:00', '2019-12-23 13:00Z'), '{"forecasts": 0}', 'and is planned once');

select * from finish();
rollback;
