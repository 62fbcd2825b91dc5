begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.compose_report');
update public.symbols set active = false;
select is((internal.compose_report('2019-12-23', '08:00', now())).status, 'insufficient', 'nothing to judge by is no "ok"');
select public.record_error('forecast', 'internal_error', 'x');
select is((internal.compose_report('2019-12-23', '08:00', now())).status, 'attention', 'an error wants attention');
select ok('alerts on errors open: 0; incidents: 1' = any ((internal.compose_report('2019-12-23', '08:00', now())).lines), 'with a line that says so');
select is_empty('select from public.canary_reports where report_date = ''2019-12-23''', 'nothing is stored');

select * from finish();
rollback;
