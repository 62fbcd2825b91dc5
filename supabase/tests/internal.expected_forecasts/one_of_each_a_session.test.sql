begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_internal('internal.expected_forecasts');
select pg_temp.use_bars(1303);
create temporary table rollout as select (pg_temp.use_rollout()).id;
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z', stage_due_at = '2020-01-06 06:00Z';
-- The last bar is of Tuesday, 2019-12-31.
update public.bars set ingested_at = bar_time + interval '21 hours';
create function pg_temp.expected(p_until timestamptz) returns text[] language sql as $$
  select array_agg(format('%s %s %s', f.ensemble, f.session_date, f.state) order by f.session_date, f.ensemble) filter (where f.state <> 'nothing_due')
  from rollout r, internal.expected_forecasts(r.id, '2019-12-30 06:00Z', p_until) f
$$;
select is(pg_temp.expected('2019-12-30 22:44Z'), null, 'none before the deadline');
select is(pg_temp.expected('2019-12-30 22:45Z'), array['baseline 2019-12-30 forecast_missing', 'candidate 2019-12-30 forecast_missing'], 'then one of each');
delete from public.bars where bar_time = '2019-12-31';
select is(pg_temp.expected('2020-01-01 06:00Z'), array['baseline 2019-12-30 forecast_missing', 'candidate 2019-12-30 forecast_missing',
  'baseline 2019-12-31 bar_missing', 'candidate 2019-12-31 bar_missing'], 'a bar that did not come is told apart');
select internal.store_forecast(null, null, pg_temp.forecast(1300));
update public.forecasts set issued_at = '2019-12-30 22:45Z';
select is((pg_temp.expected('2019-12-30 23:00Z'))[2], 'candidate 2019-12-30 there', 'there in time');
update public.forecasts set issued_at = '2019-12-30 22:45:01Z';
select is((pg_temp.expected('2019-12-30 23:00Z'))[2], 'candidate 2019-12-30 late', 'or late');

select results_eq($$
  select f.symbol, f.forecasts from rollout r, internal.expected_forecasts(r.id, '2019-12-30 06:00Z', '2019-12-30 22:44Z') f where f.state = 'nothing_due' $$,
  $$ values ('TEST', 0) $$, 'nothing was due yet');
update public.forecasts set issued_at = '2019-12-30 22:30Z';
select results_eq($$
  select f.symbol, f.forecasts from rollout r, internal.expected_forecasts(r.id, '2019-12-30 06:00Z', '2019-12-30 23:30Z') f where f.state = 'there' $$,
  $$ values (null::text, 1) $$, 'those that are there are counted');

select * from finish();
rollback;
