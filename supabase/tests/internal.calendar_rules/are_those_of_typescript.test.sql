begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.calendar_rules');
select public.announce_closure('2019-12-23', 'A hurricane'), public.announce_closure('2019-12-26', 'A storm', 'half_day');
select is(internal.calendar_rules('XNYS') - 'known_until', '{"name": "XNYS", "rule": "new_york", "time_zone": "America/New_York", "close": "16:00",
  "half_day_close": "13:00", "known_from": "1993-01-01", "exceptions": [["2019-12-23", "closed"], ["2019-12-26", "half_day"]]}',
  'of New York what was announced alone');
select is(internal.calendar_rules('24/7') ->> 'close', '24:00', 'the midnight that ends the date');
select is(internal.calendar_rules('NONE'), null, 'nothing of one that is not there');

select * from finish();
rollback;
