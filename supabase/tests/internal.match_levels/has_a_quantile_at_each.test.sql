begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.match_levels');
select pg_temp.use_ensemble();
select pg_temp.use_bars(130);
create temporary table made as select internal.store_forecast(null, null, pg_temp.forecast(129)) as id;
select results_eq('select quantile_levels[1], quantile_levels[199], return_quantiles from public.vw_forecasts where id = (select id from made)',
  'select 0.005::double precision, 0.995::double precision, pg_temp.quantiles()', 'levels and quantiles are read together');
select results_eq('select quantile_levels from public.current_forecasts where id = (select id from made)',
  'select quantile_levels from public.vw_forecasts where id = (select id from made)', 'of what is current too');
select throws_ok('update public.forecasts set return_quantiles = return_quantiles[1:198] where id = (select id from made)', '23514',
  'The forecast of TEST has 198 quantiles, but must have one at each level of row '
  || (select quantile_levels_id from public.forecasts where id = (select id from made)) || ' of quantile_levels', 'not one too few');
select throws_ok($$ update public.forecasts set quantile_levels_id = internal.quantile_levels_id('{0.5}') where id = (select id from made) $$,
  '23514', null, 'nor other levels');
select lives_ok($$ update public.forecasts set return_quantiles = '{0}', quantile_levels_id = internal.quantile_levels_id('{0.5}')
  where id = (select id from made) $$, 'both together may change');

select * from finish();
rollback;
