begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.is_webhook_address');
select ok(internal.is_webhook_address('https://hooks.slack.com/services/T/B/x') and internal.is_webhook_address('http://127.0.0.1:9/x'), 'https, or this machine');
select ok(not (internal.is_webhook_address('http://hooks.slack.com/x') or internal.is_webhook_address('http://127.0.0.1.x.com/')
  or internal.is_webhook_address('http://127.0.0.1:9@x.com/') or internal.is_webhook_address('') or internal.is_webhook_address(null)), 'and no other');

select * from finish();
rollback;
