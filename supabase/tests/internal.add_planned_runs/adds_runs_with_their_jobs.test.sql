begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.add_planned_runs');
select pg_temp.use_ensemble();
create function pg_temp.add() returns integer language sql as $$
  select internal.add_planned_runs('validation', 'validate_window', '[
    {"key": "a", "ensemble": "candidate", "cutoff": "2019-12-23T00:00:00Z", "params": {"symbols": ["TEST"]},
     "jobs": [{"subject": "169", "payload": {"window_id": 169}}, {"subject": "149", "payload": {"window_id": 149}}]},
    {"key": "b", "ensemble": "candidate", "params": {}, "jobs": null, "code": "too_few", "message": "why"},
    {"key": "c", "ensemble": "baseline", "params": {}, "jobs": [{"subject": "1", "payload": {}}]}]')
$$;
select is(pg_temp.add(), 2, 'the jobs are counted');
select results_eq('select idempotency_key, status, jobs_total, error_code, data_cutoff, config_hash from public.runs order by 1',
  $$ values ('a', 'queued', 2, null, '2019-12-23Z'::timestamptz, 'feedfacefeedface'), ('b', 'failed', 0, 'too_few', null, 'feedfacefeedface') $$,
  'with the ensemble''s configuration; refused where there is a code; none for an ensemble that is not there');
select results_eq('select payload, priority::integer from public.jobs order by id',
  $$ values ('{"window_id": 169}'::jsonb, 100), ('{"window_id": 149}', 100) $$, 'the jobs in their order, with the priority of their kind');
select is(pg_temp.add(), 0, 'a key that is there is left out');
select results_eq('select idempotency_key, count(*)::integer from public.runs group by 1 order by 1', $$ values ('a', 1), ('b', 2) $$,
  'unless its run failed');

select * from finish();
rollback;
