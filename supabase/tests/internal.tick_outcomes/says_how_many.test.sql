begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.tick_outcomes');
select is(internal.tick_outcomes('2019-12-23 15:00Z'), '{"scored": 0}', 'nothing has come true yet');

select * from finish();
rollback;
