begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_for_service_role('public.bar_rules');
insert into public.symbols (symbol, calendar) values ('BTC', '24/7');
select is(public.bar_rules('BTC'), jsonb_build_object('largest_move', 3, 'calendar', internal.calendar_rules('24/7'), 'closes_only', false), 'its calendar, and the largest move');
select is(public.bar_rules('UNKNOWN') #>> '{calendar,name}', 'XNYS', 'New York''s for a symbol that is not there');
update public.settings set value = '{"default": 3, "BTC": 20}' where name = 'largest_move';
select is(array[public.bar_rules('BTC') ->> 'largest_move', public.bar_rules('UNKNOWN') ->> 'largest_move'], '{20,3}',
  'the symbol''s largest move, or the default');
select public.register_covariate('VIX', 'level'), public.register_covariate('GSPC', 'range');
select is(public.bar_rules('VIX') -> 'closes_only', 'true', 'the closes alone of a covariate that is read by its level');
select is(public.bar_rules('GSPC') -> 'closes_only', 'false', 'and not of one that is read by its range');

select * from finish();
rollback;
