begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.failure_class');
select results_eq($$
  select c.name, internal.failure_class(c.kind, c.source, c.code, c.about)
  from (values
    (1, 'worker', 'error', 'forecast-worker', 'internal_error', '{}'::jsonb),
    (2, 'its database', 'error', 'forecast-worker', 'store_unreachable', '{"status": 0}'),
    (3, 'judge', 'error', 'rollout', 'internal_error', '{}'),
    (4, 'watch', 'error', 'cron.watch_rollout', 'internal_error', '{"sqlstate": "22012"}'),
    (5, 'watch that waited', 'error', 'cron.watch_rollout', 'internal_error', '{"sqlstate": "57014"}'),
    (6, 'slot', 'error', 'cron.measure_health', 'internal_error', '{"sqlstate": "57014"}'),
    (7, 'asked', 'error', 'forecast', 'internal_error', '{}'),
    (8, 'fit', 'dead_job', 'forecast', 'not_finite', '{"ensemble": "candidate", "requested_via": "schedule"}'),
    (9, 'fit of the baseline', 'dead_job', 'forecast', 'not_finite', '{"ensemble": "baseline", "requested_via": "schedule"}'),
    (10, 'asked fit', 'dead_job', 'forecast', 'not_finite', '{"ensemble": "candidate", "requested_via": "http"}'),
    (11, 'bars', 'dead_job', 'forecast', 'shifted_dates', '{"ensemble": "candidate"}'),
    (12, 'provider', 'dead_job', 'ingest', 'provider_timeout', '{"ensemble": null}'),
    (13, 'busy', 'dead_job', 'validate_window', 'store_busy', '{"ensemble": "candidate"}'),
    (14, 'disk', 'dead_job', 'validate_window', '53100', '{"ensemble": "candidate"}'),
    (15, 'refused result', 'dead_job', 'forecast', '23514', '{"ensemble": "candidate"}')
  ) as c(place, name, kind, source, code, about)
  order by c.place
$$, $$ values ('worker', 'candidate'), ('its database', 'platform'), ('judge', 'judge'), ('watch', 'judge'), ('watch that waited', 'platform'),
  ('slot', 'platform'), ('asked', 'request'), ('fit', 'candidate'), ('fit of the baseline', 'baseline'), ('asked fit', 'request'), ('bars', 'bars'),
  ('provider', 'bars'), ('busy', 'platform'), ('disk', 'platform'), ('refused result', 'candidate') $$, 'whose fault');

select * from finish();
rollback;
