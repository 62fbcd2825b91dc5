begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.tick_dispatch');
select is(internal.tick_dispatch('2019-12-23 15:00Z'), '{"workers": 0}', 'nothing waits');

select * from finish();
rollback;
