begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.markdown_cell');
select is(internal.markdown_cell(E'a | b\nc'), 'a \| b c', 'one line, no column more');

select * from finish();
rollback;
