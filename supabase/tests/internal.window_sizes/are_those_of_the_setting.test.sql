begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.window_sizes');
select is(internal.window_sizes('1D'), '{"train": 80, "validation": 20, "test": 20, "step": 20}', 'sizes of a horizon');
select is(internal.window_sizes('8h'), null, 'null for one that is not offered');

select * from finish();
rollback;
