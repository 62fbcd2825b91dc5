begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.store_weights');
select pg_temp.use_ensemble();
select pg_temp.use_bars(3);
create temporary table run as select pg_temp.use_run() as id;
create temporary table forecast as select internal.store_forecast(id, null, pg_temp.forecast(2)) as id from run;
create function pg_temp.weights() returns jsonb language sql as $$
  select jsonb_build_object('symbol', 'TEST', 'horizon', '1D', 'ensemble', 'candidate', 'config_hash', 'feedfacefeedface',
    'data_cutoff', pg_temp.bar_time(2), 'method', 'calibrated', 'weights', '{"LSTM": 0.6, "ARIMA_GARCH": 0.4}'::jsonb,
    'samples', 100, 'span_days', 30)
$$;
select internal.store_weights(gen_random_uuid(), f.id, pg_temp.weights()) from forecast f;
select is_empty($$ select from public.ensemble_weights where symbol = 'TEST' $$, 'nothing where another run''s forecast stands');
select internal.store_weights(r.id, f.id, pg_temp.weights()) from run r, forecast f;
select results_eq($$ select method, weights from public.ensemble_weights where symbol = 'TEST' $$,
  $$ values ('calibrated', '{"LSTM": 0.6, "ARIMA_GARCH": 0.4}'::jsonb) $$, 'the weights of a run''s own forecast');
select internal.store_weights(r.id, f.id, pg_temp.weights() || '{"samples": 101}') from run r, forecast f;
select is(array_agg(samples), array[101], 'again, they replace the row') from public.ensemble_weights where symbol = 'TEST';
select throws_ok($$ select internal.store_weights(r.id, f.id, pg_temp.weights() || '{"samples": 99}') from run r, forecast f $$,
  '23514', null, 'weights learned from too little are refused');

select * from finish();
rollback;
