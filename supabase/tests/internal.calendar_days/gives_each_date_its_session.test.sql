begin;
\ir ../fixtures.psql
select plan(6);

select is(pg_temp.access('internal.calendar_days'), 'authenticated service_role, search_path=""', 'views call it with their reader''s rights');
select results_eq($$ select * from internal.calendar_days('XNYS', '2019-12-23', '2019-12-25') $$,
  $$ values ('2019-12-23'::date, null::text, false, '2019-12-23 21:00Z'::timestamptz), ('2019-12-24', null, true, '2019-12-24 18:00Z'),
       ('2019-12-25', internal.closed_because('2019-12-25'), false, null) $$, 'a session, a half day, a holiday');
select results_eq($$ select session_date, closes_at from internal.calendar_days('24/7', '2019-12-21', '2019-12-22') $$,
  $$ values ('2019-12-21'::date, '2019-12-22 00:00Z'::timestamptz), ('2019-12-22', '2019-12-23 00:00Z') $$, 'every day, which ends at midnight in UTC');
select results_eq($$ select closed_because, closes_at from internal.calendar_days('weekdays', '2019-12-25', '2019-12-28') $$,
  $$ values (null::text, '2019-12-25 22:00Z'::timestamptz), (null, '2019-12-26 22:00Z'), (null, '2019-12-27 22:00Z'), ('Saturday', null) $$,
  'Monday to Friday until five in New York');
select is(count(*), 260::bigint, 'by the rule alone where it does not know') from internal.calendar_days('XNYS', '1990-01-01', '1990-12-31') d
where d.closed_because is null and extract(isodow from d.session_date) < 6 and d.session_date < '1990-12-31';
select is_empty($$ select from internal.calendar_days('NONE', '2019-12-25', '2019-12-28') $$, 'nothing by a calendar that is not there');

select * from finish();
rollback;
