begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.settled_runs');
create function pg_temp.settled() returns text[] language sql as $$
  select array_agg(k) from internal.settled_runs(array['key', 'another']) k
$$;
select is(pg_temp.settled(), null, 'not without a run');
select pg_temp.use_ensemble();
select pg_temp.use_run();
update public.runs set idempotency_key = 'key';
select is(pg_temp.settled(), array['key'], 'while the run is there');
update public.runs set status = 'failed', error_code = 'broken', error_message = 'why', finished_at = now() - interval '59 minutes';
select is(pg_temp.settled(), array['key'], 'for an hour after it failed');
update public.runs set finished_at = now() - interval '61 minutes';
select is(pg_temp.settled(), null, 'then it is tried again');

select * from finish();
rollback;
