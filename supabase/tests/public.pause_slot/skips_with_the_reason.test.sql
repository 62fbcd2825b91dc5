begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.pause_slot');
select is(public.pause_slot('canary_report', 'maintenance'), '{"slot": "canary_report", "active": false}', 'a slot is paused');
select internal.run_slot('canary_report', '2019-12-23', '08:00', '2019-12-23 13:00Z', false);
select results_eq('select status, reason from public.slot_runs', $$ values ('skipped', 'paused: maintenance') $$, 'its times are skipped');
select pg_temp.is_refused($$ select public.pause_slot('canary_report', '') $$, 400, 'no_reason', 'no reason');
select pg_temp.is_refused($$ select public.pause_slot('none', 'x') $$, 404, 'unknown_slot', 'no such slot');

select * from finish();
rollback;
