begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.store_forecast');
select pg_temp.use_bars(3);
create temporary table stored as select internal.store_forecast(null, null, pg_temp.forecast(1)) as id;
select results_eq('select f.symbol, f.probability_up, cardinality(f.return_quantiles), f.direction, f.issued_at
  from public.forecasts f join stored s on s.id = f.id',
  $$ values ('TEST', 0.5::double precision, 199, 'neutral', now()) $$, 'a forecast is stored');
select is(internal.store_forecast(null, null, pg_temp.forecast(1) || '{"forecast_return": 0.001}'), (select id from stored),
  'a second one from the same bars gives the first one''s id');
select is(f.forecast_return, 0::double precision, 'which stands') from public.forecasts f join stored s on s.id = f.id;
update public.forecasts set issued_at = now() - interval '1 second' where id = (select id from stored);
update public.bars set ingested_at = now() where bar_time = pg_temp.bar_time(0);
select isnt(internal.store_forecast(null, null, pg_temp.forecast(1)), (select id from stored), 'until its bars are restated');
select throws_ok($$ select internal.store_forecast(null, null, pg_temp.forecast(2) || '{"lower_50": 102}') $$, '23514', null,
  'intervals that are not nested are refused');

select pg_temp.is_refused(
  $$ select internal.store_forecast(null, null, pg_temp.forecast(2) || '{"symbol": "NONE"}') $$, 404, 'unknown_symbol', 'of a symbol that is not there');

select * from finish();
rollback;
