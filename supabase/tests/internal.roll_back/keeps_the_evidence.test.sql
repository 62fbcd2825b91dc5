begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.roll_back');
select pg_temp.use_bars(110);
select pg_temp.use_rollout();
select internal.store_forecast(null, null, pg_temp.forecast(109));
create temporary table done as select internal.roll_back(r.id, 'automatic', 'x', '{"triggers": [1]}') as r from public.rollouts r;
select results_eq($$ select r ->> 'from', r -> 'symbols', r -> 'without_forecast' from done $$,
  $$ values ('canary', '["TEST"]'::jsonb, '["TEST 1D"]'::jsonb) $$, 'what was served and is not any more');
select results_eq($$ select actor, figures -> 'triggers', figures #>> '{last_forecasts, 0, symbol}' from public.rollout_events where kind = 'rolled_back' $$,
  $$ values ('automatic', '[1]'::jsonb, 'TEST') $$, 'the event has the figures');
select pg_temp.is_refused($$ select internal.roll_back(r.id, 'automatic', 'x') from public.rollouts r $$, 409, 'already_rolled_back', 'once');
select pg_temp.is_refused($$ select internal.roll_back(-1, 'automatic', 'x') $$, 409, 'no_rollout', 'the latest only');

select * from finish();
rollback;
