begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.reconcile');
-- Monday, 10:00 in New York: the report of 08:00 was not written, those of Friday are long past.
update public.schedule_slots set active_since = '2019-12-20 16:00 America/New_York', active = slot = 'canary_report',
  paused_because = case when slot <> 'canary_report' then 'not of this test' end;
select is(internal.reconcile('2019-12-23 08:14 America/New_York') -> 'slots' ->> 'canary_report 2019-12-23 08:00', null, 'a quarter of an hour is for the tick');
create temporary table reconciled as select internal.reconcile('2019-12-23 08:16 America/New_York') as result;
select is(result -> 'slots' ->> 'canary_report 2019-12-23 08:00', 'done', 'then the slot is made up for') from reconciled;
select results_eq($$ select made_up, reason from public.slot_runs where slot = 'canary_report' and slot_date = '2019-12-23' $$,
  $$ values (true, 'made up for 16 minutes after its time') $$, 'which its row says');
select results_eq($$ select status, reason from public.slot_runs where slot = 'canary_report' and slot_date = '2019-12-20' $$,
  $$ values ('missed', 'no tick came; noticed 3734 minutes after its time, too late to make up for it') $$, 'what is too late is missed');
select results_eq($$ select distinct status, reason from public.slot_runs where slot = 'canary_report' and slot_date in ('2019-12-21', '2019-12-22') order by 2 $$,
  $$ values ('skipped', 'Saturday'), ('skipped', 'Sunday') $$, 'and days without a session are skipped');

select * from finish();
rollback;
