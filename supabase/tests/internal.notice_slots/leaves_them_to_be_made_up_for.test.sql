begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_internal('internal.notice_slots');
-- Monday, 8:16 in New York: the report of 08:00 was not written, those of Friday are long past.
update public.schedule_slots set active_since = '2019-12-20 16:00 America/New_York', active = slot = 'canary_report',
  paused_because = case when slot <> 'canary_report' then 'not of this test' end;
select is(internal.notice_slots('2019-12-23 08:14 America/New_York') ->> 'canary_report 2019-12-23 08:00', null, 'a quarter of an hour is for the tick');
create temporary table noticed as select internal.notice_slots('2019-12-23 08:16 America/New_York') as slots;
select is(slots ->> 'canary_report 2019-12-23 08:00', 'unfinished', 'then the slot is to be made up for') from noticed;
select results_eq($$ select made_up, attempts::integer, reason from public.slot_runs where slot = 'canary_report' and slot_date = '2019-12-23' $$,
  $$ values (true, 1, 'no tick came; noticed 16 minutes after its time, made up for within a minute') $$, 'which its row says');
select is(internal.notice_slots('2019-12-23 08:21 America/New_York'), '{}', 'once');
select results_eq($$ select status, reason from public.slot_runs where slot = 'canary_report' and slot_date = '2019-12-20' $$,
  $$ values ('missed', 'no tick came; noticed 3734 minutes after its time, too late to make up for it') $$, 'what is too late is missed');
select results_eq($$ select distinct status, reason from public.slot_runs where slot = 'canary_report' and slot_date in ('2019-12-21', '2019-12-22') order by 2 $$,
  $$ values ('skipped', 'Saturday'), ('skipped', 'Sunday') $$, 'and days without a session are skipped');
select is(internal.tick_continue('2019-12-23 08:17 America/New_York'), '{"canary_report 2019-12-23 08:00": "done"}', 'tick continue makes up for it');

select * from finish();
rollback;
