begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.clock_bound');
select is(internal.clock_bound() - now(), interval '10 minutes', 'a clock may be set right by that much');
select is(internal.clock_bound('2030-01-01 12:00Z'), '2030-01-01 12:10Z', 'of another moment too');

select * from finish();
rollback;
