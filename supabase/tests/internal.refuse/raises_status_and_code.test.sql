begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.refuse');
select throws_ok($$ select internal.refuse(404, 'no_such_thing', 'there is no thing') $$, 'PT404', 'there is no thing',
  'the status is in the SQLSTATE, as PostgREST reads it');
select pg_temp.is_refused($$ select internal.refuse(404, 'no_such_thing', 'there is no thing') $$, 404, 'no_such_thing', 'the code in the detail');

select * from finish();
rollback;
