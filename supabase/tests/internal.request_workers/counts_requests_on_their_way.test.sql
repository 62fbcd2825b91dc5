begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.use_ensemble();
select pg_temp.use_vault();
select pg_temp.use_run('forecast', 4);
select is(internal.request_workers(10), 2, 'two are asked for');
select is(internal.request_workers(10), 0, 'while they are on their way no more');
update public.worker_requests set requested_at = now() - interval '21 seconds';
select is(internal.request_workers(10), 2, 'after 20 seconds they count as lost');
insert into net._http_response (id, status_code, created)
select net_request_id, 503, now() from public.worker_requests order by id desc limit 1;
select is(internal.request_workers(10), 1, 'one that was answered without a claim is not waited for');

select * from finish();
rollback;
