begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.slot_key');
select is(internal.slot_key('2019-12-23', '08:00'), 'slot:2019-12-23:08:00', 'date and time in New York');

select * from finish();
rollback;
