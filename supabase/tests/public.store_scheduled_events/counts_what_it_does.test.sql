begin;
\ir ../fixtures.psql
select plan(16);
select pg_temp.use_symbol();

insert into public.symbols (symbol) values ('OTHER');
create function pg_temp.ahead(p_days integer) returns text language sql as $$ select ((now() at time zone 'America/New_York')::date + p_days)::text $$;
create function pg_temp.event(p_symbol text, p_date text, p_more jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('symbol', p_symbol, 'event_date', p_date) || p_more
$$;

select pg_temp.is_for_service_role('public.store_scheduled_events');
select is(
  public.store_scheduled_events(jsonb_build_array(
    pg_temp.event('TEST', '2020-04-30'), pg_temp.event('test', pg_temp.ahead(30), '{"time_of_day": "after"}'), pg_temp.event('OTHER', pg_temp.ahead(30)))),
  '{"given": 3, "inserted": 3, "changed": 0, "unchanged": 0, "deleted": 0, "not_named": 0, "superseded": []}', 'new ones');
select is(
  public.store_scheduled_events(jsonb_build_array(
    pg_temp.event('TEST', '2020-04-30', '{"source": "a wire"}'), pg_temp.event('TEST', pg_temp.ahead(30)))),
  '{"given": 2, "inserted": 0, "changed": 1, "unchanged": 1, "deleted": 0, "not_named": 0, "superseded": []}', 'again, one with more');
select is(e.time_of_day, 'after', 'an empty field says nothing') from public.scheduled_events e where e.symbol = 'TEST' and e.event_date > '2020-04-30';

update public.scheduled_events set known_at = now() - interval '5 days' where event_date > '2020-04-30';
select public.store_scheduled_events(jsonb_build_array(pg_temp.event('TEST', pg_temp.ahead(30))));
select is(e.known_at, now() - interval '5 days', 'and since when it is known stays') from public.scheduled_events e
where e.symbol = 'TEST' and e.event_date > '2020-04-30';

-- Another date of what is to come.
select public.store_scheduled_events(jsonb_build_array(pg_temp.event('TEST', pg_temp.ahead(0)), pg_temp.event('TEST', pg_temp.ahead(60), '{"kind": "split"}')));
select is(public.store_scheduled_events(jsonb_build_array(pg_temp.event('TEST', pg_temp.ahead(37)))),
  jsonb_build_object('given', 1, 'inserted', 1, 'changed', 0, 'unchanged', 0, 'deleted', 0, 'not_named', 1,
    'superseded', jsonb_build_array('TEST earnings ' || pg_temp.ahead(30))), 'a date ahead that is not named stays, and is told');
select is(public.store_scheduled_events(jsonb_build_array(pg_temp.event('TEST', pg_temp.ahead(37))), true),
  jsonb_build_object('given', 1, 'inserted', 0, 'changed', 0, 'unchanged', 1, 'deleted', 1, 'not_named', 0,
    'superseded', jsonb_build_array('TEST earnings ' || pg_temp.ahead(30))), 'to replace deletes it');
select is(string_agg(format('%s %s', e.kind, e.event_date), ' ' order by e.event_date),
  format('earnings 2020-04-30 earnings %s earnings %s split %s', pg_temp.ahead(0), pg_temp.ahead(37), pg_temp.ahead(60)),
  'and neither history, nor what comes today, nor other kinds') from public.scheduled_events e where e.symbol = 'TEST';
select is(count(*), 1::bigint, 'nor other symbols') from public.scheduled_events e where e.symbol = 'OTHER';

select pg_temp.is_refused($$ select public.store_scheduled_events('[]') $$, 400, 'no_events', 'nothing');
select pg_temp.is_refused($$ select public.store_scheduled_events('{}') $$, 400, 'no_events', 'no list');
select pg_temp.is_refused($$ select public.store_scheduled_events('[{"symbol": "OTHER", "event_date": "2021-01-04"}, {"symbol": "NONE", "event_date": "2021-01-04"}]') $$,
  404, 'unknown_symbol', 'a symbol that is not there');
select is(count(*), 1::bigint, 'and with it all of the upload') from public.scheduled_events e where e.symbol = 'OTHER';
select pg_temp.is_refused($$ select public.store_scheduled_events('[{"symbol": "TEST", "event_date": "2021-01-04"}, {"symbol": "test", "event_date": "2021-01-04", "kind": "Earnings"}]') $$,
  400, 'duplicate_event', 'one event twice');
select pg_temp.is_refused($$ select public.store_scheduled_events('[{"symbol": "TEST", "event_date": "2021-01-04", "time_of_day": "noon"}]') $$,
  400, 'invalid_event_time', 'what the table refuses');
select lives_ok($$ select public.store_scheduled_events('[{"symbol": "TEST", "event_date": "2021-01-04"}]'), public.store_scheduled_events('[{"symbol": "TEST", "event_date": "2021-01-04"}]') $$,
  'two uploads in one transaction');

select * from finish();
rollback;
