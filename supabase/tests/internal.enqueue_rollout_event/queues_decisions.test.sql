begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.enqueue_rollout_event');
select internal.add_rollout_event(null, 'kill_switch_on', 'Ada', 'why');
select internal.add_rollout_event(null, 'note', 'Ada', 'why');
select results_eq($$ select level, status, payload ->> 'text' from public.alert_deliveries $$,
  $$ values ('kill_switch_on', 'waiting', 'Forecasts: kill switch on, by Ada. why') $$, 'what somebody decided; not a note');

select * from finish();
rollback;
