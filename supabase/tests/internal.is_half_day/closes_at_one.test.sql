begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.is_half_day');
select is(array_agg(internal.is_half_day(d) order by d), array[true, false, true, false, true, false],
  '3 July, the day after Thanksgiving and 24 December, and not their neighbours')
from unnest(array['2019-07-03', '2019-11-22', '2019-11-29', '2019-12-02', '2019-12-24', '2019-12-26']::date[]) d;

select * from finish();
rollback;
