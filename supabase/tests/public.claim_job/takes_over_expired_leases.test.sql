begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.use_ensemble();
select pg_temp.use_run();
create temporary table first as select public.claim_job(array['forecast'], '1') as job;
insert into public.job_checkpoints (job_id, checkpoint) select (job ->> 'id')::bigint, '{"step": 3}' from first;
update public.jobs set lease_until = now() - interval '1 second';

create temporary table second as select public.claim_job(array['forecast'], '1') as job;
select is(s.job ->> 'id', f.job ->> 'id', 'a lease that ran out is claimed again') from first f, second s;
select isnt(s.job ->> 'lease_token', f.job ->> 'lease_token', 'under another lease') from first f, second s;
select is(s.job -> 'checkpoint', '{"step": 3}', 'from where its checkpoint stands') from second s;
select is(s.job ->> 'attempt', '2', 'which counts as an attempt') from second s;

update public.jobs set attempts = max_attempts, lease_until = now() - interval '1 second';
select is(public.claim_job(array['forecast'], '1'), null, 'not when its attempts are used up');

select * from finish();
rollback;
