begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.is_ascending');
select is(
  array[internal.is_ascending('{1, 2, 2, 3}'), internal.is_ascending('{1, 3, 2}'), internal.is_ascending('{1, NaN}'),
    internal.is_ascending('{1, Infinity}'), internal.is_ascending('{-Infinity, 1}'), internal.is_ascending('{1, NULL}'), internal.is_ascending('{}')],
  array[true, false, false, false, false, false, true], 'never falling, all finite');

select * from finish();
rollback;
