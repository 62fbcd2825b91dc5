begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.use_ensemble();
select pg_temp.use_run('forecast', 3);
insert into public.worker_requests (id, function_name, net_request_id, alive_until) overriding system value
values (-1, 'forecast-worker', -1, now() + interval '1 second');
create function pg_temp.claimed(p_request bigint default null) returns text language sql as $$
  select public.claim_job(array['validate_window', 'forecast'], '1', p_request) -> 'payload' ->> 'window_id'
$$;
update public.jobs set run_after = now() - interval '1 minute' where idempotency_key like '%:3';
update public.jobs set run_after = now() + interval '1 minute' where idempotency_key like '%:1';
select is(pg_temp.claimed(-1), '3', 'of one priority what may be claimed longest comes first');
select results_eq('select claimed_at, alive_until from public.worker_requests', $$ values (now(), now() + interval '60 seconds') $$,
  'the request says that its worker is there, as long as the lease');
select is(worker_request_id, -1::bigint, 'and the job whose it is') from public.jobs where status = 'running';
select public.save_step(j.id, j.lease_token, '{}', 0.5) from public.jobs j where j.status = 'running';
select is(pg_temp.claimed(), '3', 'a job that was stepped keeps its place before the others');
update public.jobs set run_after = now() - interval '2 minutes', priority = 11 where idempotency_key like '%:1';
select is(pg_temp.claimed(), '2', 'priority counts first');

select * from finish();
rollback;
