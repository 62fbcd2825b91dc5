begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.require_calendar_definition');
select lives_ok($$ select internal.require_calendar_definition('XPAR', 'weekdays', 'Europe/Paris', '17:30', '14:05', '2020-01-01', '2027-12-31') $$, 'a good one');
select pg_temp.is_refused($$ select internal.require_calendar_definition('24/7', 'every_day', 'UTC', '24:00', null, '2020-01-01', '2027-12-31') $$, 409,
  'built_in_calendar', 'a calendar of the code');
select pg_temp.is_refused($$ select internal.require_calendar_definition('XPAR', 'weekdays', 'Europe/Lutetia', '17:30', null, '2020-01-01', '2027-12-31') $$, 400,
  'invalid_calendar', 'a time zone that is none');

select * from finish();
rollback;
