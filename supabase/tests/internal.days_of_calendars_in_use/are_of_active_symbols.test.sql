begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.days_of_calendars_in_use');
update public.symbols set active = false;
select is(array_agg(d.calendar), '{XNYS}', 'New York''s without a symbol') from internal.days_of_calendars_in_use('2019-12-21', '2019-12-21') d;
insert into public.symbols (symbol, calendar, active) values ('BTC', '24/7', true), ('EURUSD', 'weekdays', false);
select is(array_agg(d.calendar), '{24/7}', 'of those that are active') from internal.days_of_calendars_in_use('2019-12-21', '2019-12-21') d;
select pg_temp.use_symbol();
select is(array_agg(d.calendar order by d.calendar) filter (where d.closed_because is null), '{24/7}', 'of both')
from internal.days_of_calendars_in_use('2019-12-21', '2019-12-21') d;
select pg_temp.is_refused($$ select * from internal.days_of_calendars_in_use('2060-12-31', '2061-01-01') $$, 400, 'calendar_ends', 'beyond the code''s calendar');

select * from finish();
rollback;
