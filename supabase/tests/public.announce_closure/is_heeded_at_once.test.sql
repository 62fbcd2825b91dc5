begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_for_service_role('public.announce_closure');
select is(public.announce_closure('2019-12-23', ' A hurricane '), '{"calendar": "XNYS", "date": "2019-12-23", "kind": "closed", "reason": "A hurricane"}', 'a closure');
select is(internal.closed_because('2019-12-23'), 'A hurricane', 'is heeded at once');
select public.announce_closure('2019-12-23', 'A storm', 'half_day');
select is(array[internal.is_session('2019-12-23'), internal.is_half_day('2019-12-23')], array[true, true], 'and may be corrected');
select pg_temp.is_refused($$ select public.announce_closure('2019-12-26', 'x', 'late') $$, 400, 'unknown_kind', 'another kind');
select pg_temp.is_refused($$ select public.announce_closure('2019-12-26', ' ') $$, 400, 'no_reason', 'no reason');
select pg_temp.is_refused($$ select public.announce_closure('2019-12-25', 'x') $$, 409, 'no_session', 'a holiday');
select pg_temp.is_refused($$ select public.announce_closure('2500-01-04', 'x') $$, 400, 'calendar_ends', 'a date beyond the calendar');

select * from finish();
rollback;
