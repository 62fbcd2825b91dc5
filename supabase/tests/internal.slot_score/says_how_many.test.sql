begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.slot_score');
select is(internal.slot_score('2019-12-23', '08:00', '2019-12-23 13:00Z'), '{"scored": 0}', 'nothing has come true yet');

select * from finish();
rollback;
