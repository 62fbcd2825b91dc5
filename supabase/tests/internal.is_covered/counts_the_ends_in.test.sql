begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.is_covered');
select is(
  array[internal.is_covered(q, q[195], 95), internal.is_covered(q, q[5], 95), internal.is_covered(q, q[196], 95),
    internal.is_covered(q, q[150], 50), internal.is_covered(q, q[151], 50)],
  array[true, true, false, true, false], 'the central interval between its quantiles')
from pg_temp.quantiles() q;

select * from finish();
rollback;
