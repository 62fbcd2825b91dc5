begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_for_service_role('public.canary_report');
update public.symbols set active = false;
select pg_temp.use_rollout();
select pg_temp.use_evaluation('insufficient');
create temporary table written as select (internal.report_canary('2019-12-23', '08:00') ->> 'report')::bigint as id;
create temporary table stored as select public.canary_report(w.id) as d from written w;
select is(d #>> '{report, report_date}', '2019-12-23', 'the row') from stored;
select is(d #>> '{evaluation, verdict}', 'insufficient', 'the evaluation that it goes by') from stored;
select is(d #>> '{events, 0, kind}', 'deployed', 'the events since the report before') from stored;
select is(public.canary_report() #>> '{report, id}', null, 'without an id as it would be written now');
select pg_temp.is_refused('select public.canary_report(0)', 404, 'no_report', 'there must be such a report');

select * from finish();
rollback;
