begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_for_service_role('public.list_calendars');
select public.store_calendar('APAR', 'Europe/Paris', '17:30', null, '2020-01-01', '2027-12-31', '[]', 'Ada');
select is(jsonb_path_query_array(public.list_calendars(), '$[*].name'), '["24/7", "XNYS", "weekdays", "APAR"]', 'those of the code first');

select * from finish();
rollback;
