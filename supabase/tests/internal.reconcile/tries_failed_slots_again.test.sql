begin;
\ir ../fixtures.psql
select plan(3);

update public.schedule_slots set active_since = '2019-12-23 07:59 America/New_York', active = slot = 'canary_report',
  paused_because = case when slot <> 'canary_report' then 'not of this test' end;
insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, attempts, started_at, finished_at) values
  ('canary_report', '2019-12-23', '08:00', '2019-12-23 08:00 America/New_York', 'failed', 'broken', 2, now(), now());
select is(internal.reconcile('2019-12-23 08:05 America/New_York') -> 'slots' ->> 'canary_report 2019-12-23 08:00', 'done', 'a slot that failed is tried again');
update public.slot_runs set status = 'failed', reason = 'broken' where slot = 'canary_report';
select is(internal.reconcile('2019-12-23 08:05 America/New_York') -> 'slots' ->> 'canary_report 2019-12-23 08:00', null, 'until its attempts are used up');
select is(attempts::integer, 3, 'which are counted') from public.slot_runs where slot = 'canary_report';

select * from finish();
rollback;
