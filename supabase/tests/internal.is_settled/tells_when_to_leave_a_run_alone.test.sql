begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.is_settled');
select is(internal.is_settled('key'), false, 'not without a run');
select pg_temp.use_ensemble();
select pg_temp.use_run();
update public.runs set idempotency_key = 'key';
select is(internal.is_settled('key'), true, 'while the run is there');
update public.runs set status = 'failed', error_code = 'broken', error_message = 'why', finished_at = now() - interval '59 minutes';
select is(internal.is_settled('key'), true, 'for an hour after it failed');
update public.runs set finished_at = now() - interval '61 minutes';
select is(internal.is_settled('key'), false, 'then it is tried again');

select * from finish();
rollback;
