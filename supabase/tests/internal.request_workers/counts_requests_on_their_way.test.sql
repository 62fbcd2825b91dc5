begin;
\ir ../fixtures.psql
select plan(9);

select pg_temp.use_ensemble();
select pg_temp.use_vault();
select pg_temp.use_run('forecast', 4);
select is(internal.request_workers(10), 2, 'two are asked for');
select is(internal.request_workers(10), 0, 'while they are on their way no more');
update public.worker_requests set requested_at = now() - interval '21 seconds', alive_until = now() - interval '1 second';
select is(internal.request_workers(10), 0, 'which they are as long as pg_net has not answered them');
delete from net.http_request_queue;
select is(internal.request_workers(10), 2, 'otherwise they count as lost after 20 seconds');
delete from net.http_request_queue;
insert into net._http_response (id, status_code, created)
select net_request_id, 503, now() from public.worker_requests order by id desc limit 1;
select is(internal.request_workers(10), 1, 'one that was refused is not waited for');
delete from net.http_request_queue;
insert into net._http_response (id, status_code, created)
select net_request_id, 202, now() from public.worker_requests order by id desc limit 1;
select is(internal.request_workers(10), 0, 'one whose relay has answered is');
select is(internal.request_workers(10, false), 0, 'whoever steps aside is told so without a look at the queue');

drop extension pg_net;
select is(internal.request_workers(10), 0, 'without pg_net nobody can be asked for');
select is(response_error, 'not sent: schema "net" does not exist', 'which is said, and the caller goes on')
from public.worker_requests order by id desc limit 1;

select * from finish();
rollback;
