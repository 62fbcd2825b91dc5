begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.delete_batch');
create temporary table rows as select n from generate_series(1, 10) n;
select is(internal.delete_batch('rows', 'n <= 8', 6), 6, 'as many as allowed');
select is(internal.delete_batch('rows', 'n <= 8', 6), 2, 'the rest later');
select is(array_agg(n order by n), array[9, 10], 'nothing else') from rows;

select * from finish();
rollback;
