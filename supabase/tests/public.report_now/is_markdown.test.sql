begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_for_service_role('public.report_now');
select matches(public.report_now(), '^# Canary report of .* New York\n\n\*\*(ok|attention|insufficient)\*\*', 'the report as it would be now');

select * from finish();
rollback;
