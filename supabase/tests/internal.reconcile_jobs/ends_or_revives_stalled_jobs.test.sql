begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.reconcile_jobs');
select pg_temp.use_ensemble();
select pg_temp.use_run('forecast', 4);
update public.jobs set status = 'running', lease_token = gen_random_uuid(), attempts = 1, lease_until = now() - interval '61 seconds';
update public.jobs set attempts = max_attempts where idempotency_key like '%:2';
update public.jobs set lease_until = now() - interval '59 seconds' where idempotency_key like '%:3';
update public.jobs set lease_until = now() + interval '1 second', attempts = max_attempts where idempotency_key like '%:4';
insert into public.worker_requests (function_name, net_request_id, requested_at) values ('forecast-worker', -1, now() - interval '1 minute');
insert into net._http_response (id, status_code, created) values (-1, 503, now());

select is(internal.reconcile_jobs(), '{"dead": 1, "revived": 1}', 'it says how many');
select results_eq('select status, error_code from public.jobs order by idempotency_key',
  $$ values ('queued', 'lease_expired'), ('dead', 'lease_expired'), ('running', null), ('running', null) $$,
  'stalled jobs wait again, those without an attempt are dead; who lost the lease just now may be taken over, who has it works on');
select is(response_status, 503, 'what pg_net says of a request is noted') from public.worker_requests where net_request_id = -1;
select is(ended_at, now(), 'and one that nothing is heard of is given up') from public.worker_requests where net_request_id = -1;
select is(internal.reconcile_jobs(), '{"dead": 0, "revived": 0}', 'repeating it changes nothing');

select * from finish();
rollback;
