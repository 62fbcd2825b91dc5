begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.require_actor');
select is(internal.require_actor(' Ada '), 'Ada', 'a name');
select pg_temp.is_refused(format('select internal.require_actor(%L)', a), 400, 'no_actor', coalesce(a, 'null')) from unnest(array[' ', 'automatic', null]) a;
select pg_temp.is_refused($$ select internal.require_actor(repeat('a', 201)) $$, 400, 'no_actor', 'too long');

select * from finish();
rollback;
