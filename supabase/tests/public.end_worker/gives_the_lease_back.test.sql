begin;
\ir ../fixtures.psql
select plan(11);

select pg_temp.is_for_service_role('public.end_worker');
select pg_temp.use_ensemble();
select pg_temp.use_vault();
select pg_temp.use_run('forecast', 2);
insert into public.worker_requests (id, function_name, net_request_id, alive_until) overriding system value
select -n, 'forecast-worker', -n, now() + interval '20 seconds' from generate_series(1, 3) n;
select public.claim_job(array['forecast'], '1', -1);
select is(public.end_worker(-1, 'forecast-worker answered 546'), 1, 'a worker that ended in the middle of a step gives its job back');
select results_eq('select status, error_code, error_message, attempts::integer from public.jobs where worker_request_id = -1',
  $$ values ('queued', 'worker_ended', 'Its worker ended in the middle of a step: forecast-worker answered 546', 1) $$,
  'which can be claimed at once, and says why');
select results_eq('select ended_at, response_error from public.worker_requests where id = -1',
  $$ values (now(), 'forecast-worker answered 546') $$, 'the request says so too');
select is(cardinality(pg_temp.requests()), null, 'those on their way will take it: nobody else is asked for');

select public.claim_job(array['forecast'], '1', -2);
select is(public.end_worker(-2), 0, 'one that ended after a step holds nothing');
select is(status, 'running', 'what goes on in the background keeps its job') from public.jobs where worker_request_id = -2;
select is(public.end_worker(-3, 'not there'), 0, 'nor does one that never began');
select is(cardinality(pg_temp.requests()), null, 'which is asked for by the next tick and not at once: it would fail again');

update public.jobs set attempts = max_attempts where status = 'running';
select public.end_worker(-2, 'forecast-worker answered 546');
select is(error_message, 'Its worker ended in the middle of a step, in 5 attempts; the last one: forecast-worker answered 546',
  'a job whose every worker was ended is dead') from public.jobs where status = 'dead';
select pg_temp.is_refused('select public.end_worker(-9)', 404, 'unknown_request', 'a request that is not there is refused');

select * from finish();
rollback;
