begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.run_progress');
select pg_temp.use_ensemble();
select pg_temp.use_bars(110);
create temporary table asked as select public.request_forecasts('{TEST}', '1D') as id, null::bigint as made;
select internal.plan_forecasts(array(select s.id from public.symbols s where s.symbol = 'TEST'));
select results_eq('select p.* from asked, public.run_progress(id) p', $$ values (0::double precision, '{}'::bigint[]) $$, 'nothing yet');
update asked set made = internal.store_forecast((select j.run_id from public.jobs j), null, pg_temp.forecast(109));
select internal.end_job(j, 'succeeded', null, null) from public.jobs j;
select results_eq('select p.* from asked, public.run_progress(id) p', 'select 1::double precision, array[made] from asked', 'the forecast of the run that has the job');
select results_eq('select p.progress, p.forecast_ids from public.jobs j, public.run_progress(j.run_id) p', 'select 1::double precision, array[made] from asked',
  'which that run has too');
update public.forecasts set run_id = null;
select results_eq('select p.* from asked, public.run_progress(id) p', 'select 1::double precision, array[made] from asked', 'and where no run made it');

select * from finish();
rollback;
