begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.closed_because');
select is(array_agg(internal.closed_because(d) order by d), array['Saturday', 'Sunday', null, null, internal.closed_because('2019-12-25')], 'weekends, sessions and a holiday')
from unnest(array['2019-12-21', '2019-12-22', '2019-12-23', '2019-12-24', '2019-12-25']::date[]) d;
select isnt(internal.closed_because('2019-12-25'), null, 'which has its name');
select pg_temp.is_refused($$ select internal.closed_because('1992-12-31') $$, 400, 'calendar_ends', 'what the calendar does not know is no session');
select is(internal.closed_because('2019-12-21', '24/7'), null, 'a Saturday by another calendar');
select pg_temp.is_refused($$ select internal.closed_because('2019-12-23', 'XPAR') $$, 404, 'unknown_calendar', 'not by one that is not there');

select * from finish();
rollback;
