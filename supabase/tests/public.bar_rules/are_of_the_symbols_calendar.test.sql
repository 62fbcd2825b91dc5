begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_for_service_role('public.bar_rules');
insert into public.symbols (symbol, calendar) values ('BTC', '24/7');
select is(public.bar_rules('BTC'), jsonb_build_object('largest_move', 3, 'calendar', internal.calendar_rules('24/7')), 'its calendar, and the largest move');
select is(public.bar_rules('UNKNOWN') #>> '{calendar,name}', 'XNYS', 'New York''s for a symbol that is not there');

select * from finish();
rollback;
