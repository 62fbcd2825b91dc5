begin;
\ir ../fixtures.psql
select plan(12);

select pg_temp.is_internal('internal.request_workers');
select pg_temp.use_ensemble();
select pg_temp.use_vault();
-- As if what was asked for before were long lost.
create function pg_temp.asked(p_at_most integer) returns integer language plpgsql as $$
begin
  delete from public.worker_requests;
  return internal.request_workers(p_at_most);
end
$$;
select is(pg_temp.asked(10), 0, 'none for an empty queue');

select pg_temp.use_run();
select is(pg_temp.asked(10), 1, 'one for one job');
select pg_temp.use_run('forecast', 4);
select is(internal.request_workers(10), 1, 'a request on its way takes a place');
select is(pg_temp.asked(10), 2, 'not more than max_workers for many');
select is(pg_temp.asked(1), 1, 'nor than asked');
select public.claim_job(array['forecast'], '1');
select is(pg_temp.asked(10), 1, 'a leased job takes a place');
update public.jobs set lease_until = now() - interval '1 second' where status = 'running';
select is(pg_temp.asked(10), 2, 'until its lease runs out');
update public.jobs set run_after = now() + interval '1 minute' where status = 'queued';
select is(pg_temp.asked(10), 1, 'jobs that back off are not asked for');
update public.jobs set attempts = max_attempts;
select is(pg_temp.asked(10), 0, 'nor jobs whose attempts are used up');
update public.jobs set attempts = 0, run_after = now() - interval '6 minutes' where status = 'queued';
select is(pg_temp.asked(10), 3, 'forecasts that wait get another place');
update public.settings set value = '0' where name = 'max_workers';
select is(pg_temp.asked(10), 0, 'nor is anything when max_workers is 0');

select * from finish();
rollback;
