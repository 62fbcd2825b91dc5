begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.tick_plan');
update public.symbols set active = false;
select pg_temp.use_ensemble();
select pg_temp.use_bars(170);
select is(internal.tick_plan('2019-12-23 15:00Z') ->> 'forecasts', '1', 'the latest bar''s forecast is planned');

select * from finish();
rollback;
