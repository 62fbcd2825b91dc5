begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_internal('internal.workers_under_way');
select pg_temp.use_ensemble();
select pg_temp.use_run('forecast', 3);
create function pg_temp.under_way() returns text language sql as $$
  select string_agg(format('%s: %s, %s without a job', u.function_name, u.workers, u.without_job), '; ' order by u.function_name)
  from internal.workers_under_way() u
$$;
insert into public.worker_requests (id, function_name, net_request_id, alive_until) overriding system value
values (-1, 'forecast-worker', -1, now() + interval '20 seconds');
select is(pg_temp.under_way(), 'forecast-worker: 1, 1 without a job', 'one that was asked for is on its way');
select public.claim_job(array['forecast'], '1', -1);
select is(pg_temp.under_way(), 'forecast-worker: 1, 0 without a job', 'and then holds a job, and its place');
select public.claim_job(array['forecast'], '1');
select is(pg_temp.under_way(), 'forecast-worker: 2, 0 without a job', 'who claims by hand takes a place too');
update public.jobs set lease_until = now() - interval '1 second' where status = 'running';
select is(pg_temp.under_way(), 'forecast-worker: 1, 1 without a job', 'until the lease ends');
update public.worker_requests set alive_until = now() - interval '1 second';
select is(pg_temp.under_way(), null, 'who did not show up in time is lost');

update public.worker_requests set claimed_at = null, requested_at = now() - interval '9 minutes';
insert into net.http_request_queue (id, method, url, timeout_milliseconds) values (-1, 'POST', 'http://127.0.0.1:1', 1000);
select is(pg_temp.under_way(), 'forecast-worker: 1, 1 without a job', 'but not while pg_net has the request');
update public.worker_requests set requested_at = now() - interval '11 minutes';
select is(pg_temp.under_way(), null, 'for ten minutes at most');

select * from finish();
rollback;
