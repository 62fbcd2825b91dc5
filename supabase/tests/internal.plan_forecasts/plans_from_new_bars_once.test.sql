begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.use_ensemble();
create function pg_temp.plan() returns integer language sql as $$
  select internal.plan_forecasts(array[(pg_temp.use_symbol()).id])
$$;
select is(pg_temp.plan(), 0, 'nothing without bars');
select pg_temp.use_bars(110);
select is(pg_temp.plan(), 1, 'a forecast from new bars');
select results_eq($$ select r.kind, r.requested_via, r.data_cutoff, j.payload -> 'last_bar', j.priority::integer
  from public.runs r join public.jobs j on j.run_id = r.id $$,
  $$ values ('forecast', 'schedule', pg_temp.bar_time(109), '109'::jsonb, 10) $$, 'on schedule, from the latest bar');
select is(pg_temp.plan(), 0, 'not twice');
delete from public.runs;
select internal.store_forecast(null, null, pg_temp.forecast(109));
select is(pg_temp.plan(), 0, 'nor when the forecast is there');
select pg_temp.restate_bar(3);
select is(pg_temp.plan(), 1, 'unless its bars were restated');
delete from public.runs;
delete from public.forecasts;
delete from public.bars where bar_time >= '2015-05-01Z';
select pg_temp.plan();
select results_eq('select status, error_code, jobs_total from public.runs', $$ values ('failed', 'too_few_bars', 0) $$,
  'too few bars end the run at once, which says so');

select * from finish();
rollback;
