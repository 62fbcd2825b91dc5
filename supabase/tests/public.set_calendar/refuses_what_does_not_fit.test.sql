begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_for_service_role('public.set_calendar');
select pg_temp.use_bars(3);
select is(public.set_calendar('TEST', '24/7', 'Ada'), '{"symbol": "TEST", "calendar": "24/7", "was": "XNYS", "changed": true}', 'what it was');
select is(public.set_calendar('TEST', '24/7', 'Ada') ->> 'changed', 'false', 'once');
select is(count(*), 1::bigint, 'with who did it') from public.calendar_changes c where c.actor = 'Ada' and c.calendar = '24/7';
select pg_temp.is_refused($$ select public.set_calendar('TEST', 'XPAR', 'Ada') $$, 404, 'unknown_calendar', 'not one that is not there');
select pg_temp.is_refused($$ select public.set_calendar('NONE', '24/7', 'Ada') $$, 404, 'unknown_symbol', 'nor for a symbol that is not there');
insert into public.symbols (symbol, horizons) values ('HALF', '{1D,4h}');
select pg_temp.is_refused($$ select public.set_calendar('HALF', '24/7', 'Ada') $$, 409, 'half_sessions_are_new_yorks', 'half sessions are New York''s');

select * from finish();
rollback;
