begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.session_close');
select is(array_agg(internal.session_close(d) order by d),
  array['2019-07-01 20:00Z', '2019-12-23 21:00Z', '2019-12-24 18:00Z', null]::timestamptz[], 'in New York''s time; at one on a half day')
from unnest(array['2019-07-01', '2019-12-23', '2019-12-24', '2019-12-25']::date[]) d;

select * from finish();
rollback;
