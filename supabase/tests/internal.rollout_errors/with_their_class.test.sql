begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.rollout_errors');
select public.record_error('forecast-worker', 'internal_error', 'x');
select public.record_error('cron.measure_health', 'internal_error', 'x', '{"sqlstate": "57014"}');
select results_eq($$ select source, class from internal.rollout_errors(now(), now()) order by id $$,
  $$ values ('forecast-worker', 'candidate'), ('cron.measure_health', 'platform') $$, 'each with its class');
select is_empty($$ select from internal.rollout_errors(now() + interval '1 second', 'infinity') $$, 'since');

select * from finish();
rollback;
