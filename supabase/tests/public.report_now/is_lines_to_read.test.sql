begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.report_now');
create temporary view said as select * from public.report_now() with ordinality r(line, place);
select matches((select line from said where place = 1), '^canary report of ....-..-.., ..:.. New York: (ok|attention|insufficient)$',
  'the status first');
select is((select count(*) from said where line like 'alerts open: %'), 1::bigint, 'then what was found');
select pg_temp.use_rollout();
select pg_temp.use_evaluation('fail', '[{"trigger": "rmse_worse", "subject": "1D", "figures": {}, "sentence": "too bad"}]');
select is((select count(*) from said where line in ('rmse: fail (n 5): x', 'trigger rmse worse: too bad')), 2::bigint, 'criteria and triggers');
select is((select count(*) from said where line like '%UTC: rolled back by automatic: too bad'), 1::bigint, 'and events');

select * from finish();
rollback;
