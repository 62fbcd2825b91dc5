begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.request_function');
select is(internal.request_function('forecast-worker'), false, 'false when Vault lacks URL or key');
select is_empty('select from net.http_request_queue', 'and nothing is sent');

select pg_temp.use_vault();
select is(internal.request_function('forecast-worker'), true, 'true when it was asked for');
select results_eq(
  'select method::text, url, headers ->> ''apikey'', headers ->> ''content-type'', convert_from(body, ''UTF8'')::jsonb, timeout_milliseconds
   from net.http_request_queue',
  $$ values ('POST', 'http://127.0.0.1:1/functions/v1/forecast-worker', 'sb_secret_of_a_test', 'application/json', '{}'::jsonb, 60000) $$,
  'by POST, with the key named cron');

select * from finish();
rollback;
