begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.retry_slot');
select pg_temp.is_refused($$ select public.retry_slot('canary_report', '2019-12-23', '08:00') $$, 404, 'unknown_slot_run', 'a slot without a row');
insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, attempts, started_at, finished_at) values
  ('canary_report', '2019-12-23', '08:00', '2019-12-23 13:00Z', 'missed', 'late', 3, now(), now());
select is(public.retry_slot('canary_report', '2019-12-23', '08:00'), 'done', 'a missed one runs, whatever its age');
select is(attempts::integer, 4, 'which counts') from public.slot_runs;
select pg_temp.is_refused($$ select public.retry_slot('canary_report', '2019-12-23', '08:00') $$, 409, 'not_failed', 'one that is done does not');

select * from finish();
rollback;
