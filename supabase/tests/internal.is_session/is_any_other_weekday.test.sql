begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.is_session');
select is(array_agg(internal.is_session(d) order by d), array[false, true, true, false], 'not at weekends and holidays, but on half days')
from unnest(array['2019-12-22', '2019-12-23', '2019-12-24', '2019-12-25']::date[]) d;

select * from finish();
rollback;
