begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.webhook_payload');
select is(internal.webhook_payload('<!channel> & co'), '{"text": "&lt;!channel&gt; &amp; co"}', 'nobody is called by what a message holds');
select is(length(internal.webhook_payload(repeat('x', 9000)) ->> 'text'), 3000, 'of bounded length');

select * from finish();
rollback;
