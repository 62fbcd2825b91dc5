begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.mend_clock_jumps');
select pg_temp.use_ensemble();
select pg_temp.use_run('forecast', 4);
-- One lease and one wait from a clock that was hours ahead, and one of each that this clock gave out.
update public.jobs set status = 'running', lease_token = gen_random_uuid(), attempts = 1, lease_until = now() + interval '3 hours'
where idempotency_key like '%:1';
update public.jobs set status = 'running', lease_token = gen_random_uuid(), attempts = 1, lease_until = now() + interval '1 minute'
where idempotency_key like '%:2';
update public.jobs set run_after = now() + interval '3 hours' where idempotency_key like '%:3';
update public.jobs set run_after = now() + interval '9 minutes' where idempotency_key like '%:4';

select is(internal.mend_clock_jumps(), 2, 'it says how many');
select results_eq('select lease_until < now(), run_after <= now() from public.jobs order by idempotency_key',
  $$ values (true, true), (false, true), (null, true), (null, false) $$,
  'what lies too far ahead can be claimed, the rest is left alone');
select is(internal.mend_clock_jumps(), 0, 'repeating it changes nothing');

select * from finish();
rollback;
