begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.slot_measure_health');
select ok((select count(*) from public.query_timings) = 0 and internal.slot_measure_health('2019-12-23', '08:00', '2019-12-23 13:00Z') is not null and exists (select from public.query_timings), 'timings are stored');

select * from finish();
rollback;
