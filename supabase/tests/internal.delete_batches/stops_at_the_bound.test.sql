begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.delete_batches');
create temporary table rows as select n from generate_series(1, 10) n;
select is(internal.delete_batches('rows', 'n <= 8', 3, 2), 6, 'as many batches as allowed');
select is(internal.delete_batches('rows', 'n <= 8', 3, 2), 2, 'the rest later');
select is(array_agg(n order by n), array[9, 10], 'nothing else') from rows;

select * from finish();
rollback;
