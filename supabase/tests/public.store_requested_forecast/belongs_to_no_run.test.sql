begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_for_service_role('public.store_requested_forecast');
select pg_temp.use_bars(3);
create temporary table stored as
select a.id as artifact_id, public.store_requested_forecast(a.id, pg_temp.forecast(2)) as id
from (select internal.store_artifact(null, pg_temp.artifact(1)) as id) a;
select results_eq('select f.artifact_id = s.artifact_id, f.run_id from public.forecasts f join stored s on s.id = f.id',
  $$ values (true, null::uuid) $$, 'it names its fit and no run');
select lives_ok($$ select public.store_requested_forecast(null, pg_temp.forecast(1), (select restated_at from public.bar_series)) $$,
  'of the bars that were there before they were read');
create temporary table before as select restated_at from public.bar_series;
delete from public.bars where bar_time = '2015-01-05Z';
select pg_temp.is_refused($$ select public.store_requested_forecast(null, pg_temp.forecast(1), (select restated_at from before)) $$, 409,
  'series_changed', 'and not of bars that were restated meanwhile');

select * from finish();
rollback;
