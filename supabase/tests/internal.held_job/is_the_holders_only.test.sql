begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.held_job');
select pg_temp.use_ensemble();
select pg_temp.use_run();
create temporary table claimed as select public.claim_job(array['forecast'], '1') as job;
select is((internal.held_job((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid)).id, (job ->> 'id')::bigint, 'the holder gets the job')
from claimed;
select pg_temp.is_refused(
  format('select internal.held_job(%s, %L)', job ->> 'id', gen_random_uuid()), 409, 'lease_lost', 'another lease is refused')
from claimed;
update public.jobs set status = 'succeeded', finished_at = now(), lease_token = null, lease_until = null;
select pg_temp.is_refused(
  format('select internal.held_job(%s, %L)', job ->> 'id', job ->> 'lease_token'), 409, 'lease_lost', 'and so is a job that ended')
from claimed;

select * from finish();
rollback;
