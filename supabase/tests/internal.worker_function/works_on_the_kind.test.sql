begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.worker_function');
select is(array_agg(internal.worker_function(k) order by k),
  array['check-divergence', 'rollout', 'forecast-worker', 'ingest-bars', 'forecast-worker'], 'every kind of job has its function')
from unnest(array['check_divergence', 'evaluate_rollout', 'forecast', 'ingest', 'validate_window']) k;

select * from finish();
rollback;
