begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_for_service_role('public.store_calendar');
select is(public.store_calendar('XPAR', 'Europe/Paris', '17:30', '14:05', '2025-01-01', '2026-12-31',
    '[["2025-12-25", "closed", "Noel"], ["2025-12-24", "half_day"], ["2025-05-01", "closed"], ["2025-12-27", "closed"]]', 'Ada'),
  '{"calendar": "XPAR", "is_new": true, "closures": 3, "left_out": 1, "added": 3, "changed": 0, "removed": 0, "redefined": false}', 'a new one, without its weekends');
select is(internal.session_close('2025-12-24', 'XPAR'), '2025-12-24 13:05Z', 'its half day');
select public.announce_closure('2025-12-23', 'A strike', 'closed', 'XPAR');
select is(public.store_calendar('XPAR', 'Europe/Paris', '17:30', '14:05', '2025-01-01', '2026-12-31', '[["2025-12-25", "closed", "Christmas"]]', 'Ada') - 'calendar',
  '{"is_new": false, "closures": 1, "left_out": 0, "added": 0, "changed": 1, "removed": 2, "redefined": false}', 'again, whole');
select is(internal.closed_because('2025-12-23', 'XPAR'), 'A strike', 'what was announced stays');
select is(count(*), 2::bigint, 'with who did it') from public.calendar_changes c where c.actor = 'Ada' and c.calendar = 'XPAR';
select pg_temp.is_refused($$ select public.store_calendar('XNYS', 'UTC', '16:00', null, '2025-01-01', '2026-12-31', '[]', 'Ada') $$, 409, 'built_in_calendar',
  'not one of the code');
select pg_temp.is_refused($$ select public.store_calendar('XPAR', 'UTC', '16:00', null, '2025-01-01', '2026-12-31', '[]', ' ') $$, 400, 'no_actor', 'not without a name');

select * from finish();
rollback;
