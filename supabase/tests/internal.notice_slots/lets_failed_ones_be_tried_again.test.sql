begin;
\ir ../fixtures.psql
select plan(5);

update public.schedule_slots set active_since = '2019-12-23 07:59 America/New_York', active = slot = 'canary_report',
  paused_because = case when slot <> 'canary_report' then 'not of this test' end;
insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, attempts, started_at, finished_at) values
  ('canary_report', '2019-12-23', '08:00', '2019-12-23 08:00 America/New_York', 'failed', 'broken', 2, now(), now());
create function pg_temp.noticed() returns jsonb language sql as $$ select internal.notice_slots('2019-12-23 08:05 America/New_York') $$;
select is(pg_temp.noticed(), '{"canary_report 2019-12-23 08:00": "unfinished"}', 'a slot that failed is tried again');
select results_eq('select status, reason, attempts::integer, made_up from public.slot_runs',
  $$ values ('unfinished', 'it failed: broken; made up for within a minute', 3, true) $$, 'which counts as an attempt');
select is(internal.tick_continue('2019-12-23 08:06 America/New_York'), '{"canary_report 2019-12-23 08:00": "done"}', 'tick continue does');
update public.slot_runs set status = 'failed', reason = 'broken' where slot = 'canary_report';
select is(pg_temp.noticed(), '{}', 'until its attempts are used up');
select is(attempts::integer, 3, 'which are counted once each') from public.slot_runs where slot = 'canary_report';

select * from finish();
rollback;
