begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.markdown_text');
select is(internal.markdown_text(E'a | b\nc', 500), 'a \| b c', 'one line, no column more');

select * from finish();
rollback;
