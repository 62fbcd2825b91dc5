begin;
\ir ../fixtures.psql
select plan(10);

select pg_temp.is_internal('internal.request_function');
select is(internal.request_function('forecast-worker'), false, 'false when Vault lacks URL or key');
select is_empty('select from net.http_request_queue', 'and nothing is sent');

select pg_temp.use_vault();
select is(internal.request_function('forecast-worker'), true, 'true when it was asked for');
select results_eq(
  'select q.method::text, q.url, q.headers ->> ''apikey'', q.headers ->> ''content-type'', convert_from(q.body, ''UTF8'')::jsonb - ''request'',
     q.timeout_milliseconds
   from net.http_request_queue q',
  $$ values ('POST', 'http://127.0.0.1:1/functions/v1/relay', 'sb_secret_of_a_test', 'application/json', '{"function": "forecast-worker"}'::jsonb,
    10000) $$,
  'the relay, by POST, with the key named cron');
select is((convert_from(q.body, 'UTF8')::jsonb ->> 'request')::bigint, w.id, 'and says which request it is')
from net.http_request_queue q join public.worker_requests w on w.net_request_id = q.id;

delete from public.worker_requests;
delete from vault.secrets where name = 'project_url';
select vault.create_secret('not an address', 'project_url');
select is(internal.request_function('forecast-worker'), false, 'false for an address that pg_net refuses');
select results_eq('select response_error, net_request_id, ended_at from public.worker_requests',
  $$ values ('not sent: URL using bad/illegal format or missing URL', null::bigint, now()) $$, 'with the reason, and its caller goes on');
delete from public.worker_requests;
drop extension pg_net;
select is(internal.request_function('forecast-worker'), false, 'nor does it raise without pg_net');
select is(response_error, 'not sent: schema "net" does not exist', 'the reason is said') from public.worker_requests;

select * from finish();
rollback;
