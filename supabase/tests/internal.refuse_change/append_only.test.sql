begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.refuse_change');
select pg_temp.use_rollout();
select pg_temp.is_refused($$ update public.rollout_events set reason = 'y' $$, 409, 'append_only', 'no change');
select pg_temp.is_refused($$ delete from public.rollout_events $$, 409, 'append_only', 'no deletion');
select pg_temp.is_refused($$ truncate public.rollout_events, public.alert_deliveries $$, 409, 'append_only', 'no emptying');

select * from finish();
rollback;
