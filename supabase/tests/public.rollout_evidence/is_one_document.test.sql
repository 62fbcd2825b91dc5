begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_for_service_role('public.rollout_evidence');
select pg_temp.use_rollout();
select is(array_agg(k order by k), array['alerts_open', 'approvals', 'compared', 'criteria', 'dead_jobs', 'errors', 'evaluations', 'evidence_at', 'expected',
  'failed_runs', 'health', 'roles', 'rollout', 'set_aside', 'symbols', 'triggers', 'windows'], 'all of it') from jsonb_object_keys(public.rollout_evidence()) k;

select * from finish();
rollback;
