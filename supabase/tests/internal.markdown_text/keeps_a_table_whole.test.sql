begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.markdown_text');
select is(internal.markdown_text(E'a | b\nc', 500), 'a \| b c', 'one line, no column more');
select is(internal.markdown_text(E'a\\|b <c> [d](e) `f` *g*', 11), E'a\\\\\\|b \\<c> \\[d', 'nor marks, links or tags, and no more than asked for');

select * from finish();
rollback;
