begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.require_calendar');
select lives_ok($$ select internal.require_calendar('weekdays') $$, 'one that is there');
select pg_temp.is_refused($$ select internal.require_calendar('XPAR') $$, 404, 'unknown_calendar', 'another one');

select * from finish();
rollback;
