begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.note_claim');
select pg_temp.use_ensemble();
select pg_temp.use_run('forecast', 2);
insert into public.worker_requests (function_name, net_request_id) values ('check-divergence', 1), ('forecast-worker', 2), ('forecast-worker', 3);
select public.claim_job(array['forecast'], '1');
select is(array_agg(net_request_id), array[2::bigint], 'a claim answers the oldest open request for its function')
from public.worker_requests where claimed_at = now();
update public.worker_requests set requested_at = now() - interval '3 minutes' where claimed_at is null;
select public.claim_job(array['forecast'], '1');
select is(count(*)::integer, 1, 'not one from minutes ago') from public.worker_requests where claimed_at is not null;

select * from finish();
rollback;
