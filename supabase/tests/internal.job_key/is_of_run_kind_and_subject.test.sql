begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.job_key');
select is(internal.job_key('00000000-0000-0000-0000-000000000001', 'forecast', 'TEST'), '00000000-0000-0000-0000-000000000001:forecast:TEST',
  'one job of a kind for each subject of a run');

select * from finish();
rollback;
