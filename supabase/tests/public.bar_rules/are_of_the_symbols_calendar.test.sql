begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_for_service_role('public.bar_rules');
insert into public.symbols (symbol, calendar) values ('BTC', '24/7');
select is(public.bar_rules('BTC'), jsonb_build_object('largest_move', 3, 'calendar', internal.calendar_rules('24/7')), 'its calendar, and the largest move');
select is(public.bar_rules('UNKNOWN') #>> '{calendar,name}', 'XNYS', 'New York''s for a symbol that is not there');
update public.settings set value = '{"default": 3, "BTC": 20}' where name = 'largest_move';
select is(array[public.bar_rules('BTC') ->> 'largest_move', public.bar_rules('UNKNOWN') ->> 'largest_move'], '{20,3}',
  'the symbol''s largest move, or the default');

select * from finish();
rollback;
