begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_internal('internal.rename_in_queue');
select pg_temp.use_ensemble();
select pg_temp.use_bars(100);
select pg_temp.use_run('forecast', 4) as run \gset
update public.runs set idempotency_key = 'forecast:TEST:1D:candidate:1:feedfacefeedface' where id = :'run';
select public.claim_job('{forecast}', '1') ->> 'lease_token' as lease \gset
update public.jobs set status = 'dead', finished_at = now(), error_code = 'x', error_message = 'x'
where id = (select max(id) from public.jobs where run_id = :'run');
update public.jobs set status = 'succeeded', finished_at = now()
where id = (select max(id) - 1 from public.jobs where run_id = :'run');

select is(internal.rename_in_queue('TEST', 'NEW'), '{"jobs": 3, "released": 1, "runs": 1}', 'jobs that have not succeeded, and their run');
select results_eq(format($$ select status, payload ->> 'symbol', attempts::integer from public.jobs where run_id = %L order by id $$, :'run'),
  $$ values ('queued', 'NEW', 0), ('queued', 'NEW', 0), ('succeeded', 'TEST', 0), ('dead', 'NEW', 0) $$, 'the running one waits again');
select pg_temp.is_refused(format($$ select public.complete_job(%s, %L, '{}') $$, (select min(id) from public.jobs where run_id = :'run'), :'lease'),
  409, 'lease_lost', 'its worker stores nothing');
select is((select params -> 'symbols' from public.runs where id = :'run'), '["NEW"]', 'the run names it');
select is((select idempotency_key from public.runs where id = :'run'), 'forecast:NEW:1D:candidate:1:feedfacefeedface', 'and its key');

update public.runs set params = '{"symbols": ["A", "NEW", "B"]}', created_at = now() - interval '1 year' where id = :'run';
update public.jobs set status = 'succeeded', finished_at = now(), error_code = null where run_id = :'run';
select is(internal.rename_in_queue('NEW', 'OTHER'), '{"jobs": 0, "released": 0, "runs": 0}', 'an old run that ended is history');
update public.runs set created_at = now() where id = :'run';
select internal.rename_in_queue('NEW', 'OTHER');
select is((select params -> 'symbols' from public.runs where id = :'run'), '["A", "OTHER", "B"]', 'of several symbols one is renamed');

select * from finish();
rollback;
