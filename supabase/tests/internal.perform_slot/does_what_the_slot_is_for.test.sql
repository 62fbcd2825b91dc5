begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.perform_slot');
update public.symbols set active = false;
select pg_temp.use_ensemble();
select pg_temp.use_bars(170);
create function pg_temp.perform(p_slot text) returns jsonb language sql as $$
  select internal.perform_slot(s, '2019-12-23', '08:00', '2019-12-23 13:00Z') from public.schedule_slots s where s.slot = p_slot
$$;
select results_eq(
  $$ select s.slot, pg_temp.perform(s.slot) from (values ('forecast'), ('validate'), ('score')) s(slot) $$,
  $$ values ('forecast', '{"forecasts": 1}'::jsonb), ('validate', '{"windows": 2}'), ('score', '{"scored": 0}') $$, 'planning and scoring');
select pg_temp.use_window(169);
select is(pg_temp.perform('check_divergence'), '{"checks": 1}', 'checking');
select ok(pg_temp.perform('purge') ? 'runs' and pg_temp.perform('canary_report') ? 'status', 'upkeep and report');
select is(pg_temp.perform('evaluate_rollout'), '{"skipped": "no rollout runs"}', 'judging, where a rollout runs');
select ok(pg_temp.perform('ingest') ? 'skipped', 'there is nobody to fetch bars from: skipped');
update public.settings set value = 'false' where name = 'publishing_enabled';
select is(array_agg(distinct pg_temp.perform(s) ->> 'skipped'), array['publishing_enabled is false'], 'the kill switch skips what plans')
from unnest(array['forecast', 'validate', 'check_divergence']) s;

select * from finish();
rollback;
