begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_for_service_role('public.store_requested_forecast');
select pg_temp.use_bars(3);
create temporary table stored as
select a.id as artifact_id, public.store_requested_forecast(a.id, pg_temp.forecast(2)) as id
from (select internal.store_artifact(null, pg_temp.artifact(1)) as id) a;
select results_eq('select f.artifact_id = s.artifact_id, f.run_id from public.forecasts f join stored s on s.id = f.id',
  $$ values (true, null::uuid) $$, 'it names its fit and no run');

select * from finish();
rollback;
