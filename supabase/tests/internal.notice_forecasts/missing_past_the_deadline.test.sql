begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.notice_forecasts');
select pg_temp.use_bars(1303);
update public.bars set ingested_at = bar_time + interval '21 hours';
select pg_temp.use_rollout();
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z';
create function pg_temp.notice(p_now timestamptz) returns jsonb language sql as $$ select internal.notice_forecasts(r, '2019-12-30 06:00Z', p_now) from public.rollouts r $$;
select is(pg_temp.notice('2019-12-30 22:44Z'), '[]', 'not before');
select is(pg_temp.notice('2019-12-30 22:45Z') #> '{0, figures, missing}', '["TEST 1D candidate 2019-12-30"]', 'the candidate''s');
select is(pg_temp.notice('2019-12-30 22:50Z'), '[]', 'once');
select results_eq($$ select subject from public.rollout_events where kind = 'forecast_missing' order by id $$,
  $$ values ('TEST 1D baseline 2019-12-30'), ('TEST 1D candidate 2019-12-30') $$, 'both are events');
delete from public.bars where bar_time = '2019-12-31';
select is(pg_temp.notice('2019-12-31 23:00Z'), '[]', 'a bar that did not come is no trigger');
select results_eq($$ select subject from public.rollout_events where kind = 'bars_missing' $$, $$ values ('TEST 1D 2019-12-31') $$, 'but an event');

select * from finish();
rollback;
