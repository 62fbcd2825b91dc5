begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.clock_bound');
select is(internal.clock_bound() - now(), interval '10 minutes', 'a clock may be set right by that much');

select * from finish();
rollback;
