begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.tick_alerts');
select ok(jsonb_typeof(internal.tick_alerts(now())) = 'object', 'what was seen and what was sent');

select * from finish();
rollback;
