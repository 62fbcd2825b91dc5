begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.report_canary');
update public.symbols set active = false;
create temporary table first as select internal.report_canary('2019-12-23', '08:00') as r;
select is(r ->> 'status', 'insufficient', 'nothing to judge by is no "ok"') from first;
select is(internal.report_canary('2019-12-23', '08:00') ->> 'repeated', 'true', 'one report a date and time');
select pg_temp.use_ensemble();
select pg_temp.use_bars(130);
update public.symbols set stage = 'canary' where symbol = 'TEST';
select pg_temp.use_window(129, 0.3);
insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
select id, symbol, '1D', 'candidate', 'overfitting', 0.2, 0.3, 'why' from public.symbols where symbol = 'TEST';
select is(internal.report_canary('2019-12-23', '12:00') ->> 'status', 'attention', 'an open alert wants attention');
select results_eq($$ select symbols, alerts_open, windows_known, largest_divergence, largest_divergence_of, forecasts_expected, forecasts_there
  from public.canary_reports where report_time = '12:00' and report_date = '2019-12-23' $$,
  $$ values (array['TEST'], 1, 1, 0.3::double precision, 'TEST 1D candidate', 1, 0) $$, 'with its figures');

select * from finish();
rollback;
