begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_for_service_role('public.resume_slot');
select public.pause_slot('canary_report', 'maintenance');
select is(public.resume_slot('canary_report'), '{"slot": "canary_report", "active": true}', 'a slot is resumed');
select is(internal.run_slot('canary_report', '2019-12-23', '08:00', '2019-12-23 13:00Z', false), 'done', 'and runs');
select pg_temp.is_refused($$ select public.resume_slot('none') $$, 404, 'unknown_slot', 'no such slot');

select * from finish();
rollback;
