begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.use_ensemble();
select pg_temp.use_run();
update public.jobs set run_after = now() + interval '1 second';
select is(public.claim_job(array['forecast'], '1'), null, 'a job is not claimed before run_after');
update public.jobs set run_after = now();
select isnt(public.claim_job(array['forecast'], '1'), null, 'and from then on it is');

select * from finish();
rollback;
