begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.time_query');
select ok(internal.time_query(E'-- A comment; with its mark.\nselect pg_sleep(0.02);\n') >= 20, 'in milliseconds, all columns worked out');
select throws_ok($$ select internal.time_query('with gone as (delete from public.settings returning name) select name from gone') $$, '0A000', null,
  'it only reads');

select * from finish();
rollback;
