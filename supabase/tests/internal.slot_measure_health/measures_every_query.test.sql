begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.slot_measure_health');
delete from public.query_timings;
select internal.slot_measure_health('2019-12-23', '08:00', '2019-12-23 13:00Z');
select ok(exists (select from public.query_timings), 'timings are stored');

select * from finish();
rollback;
