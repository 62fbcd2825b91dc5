begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.time_query');
select ok(t.duration_ms >= 20 and not t.timed_out, 'in milliseconds, all columns worked out')
from internal.time_query(E'-- A comment; with its mark.\nselect pg_sleep(0.02);\n') t;
select throws_ok($$ select internal.time_query('with gone as (delete from public.settings returning name) select name from gone') $$, '0A000', null,
  'it only reads');
set local statement_timeout = '100ms';
create temporary table timed as select t.* from internal.time_query('select pg_sleep(30)') t;
set local statement_timeout = 0;
select ok(timed_out, 'what the statement''s limit breaks off is no error') from timed;
select ok(duration_ms between 50 and 29000, 'and has the time that it had') from timed;

select * from finish();
rollback;
