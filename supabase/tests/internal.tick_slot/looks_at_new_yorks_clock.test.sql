begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.tick_slot');
select is(internal.tick_slot('canary_report', '2019-12-23 13:00Z'), null, 'without an address to call nothing runs');
select pg_temp.use_vault();
-- Cron ticks at both offsets: 12:00 and 13:00 UTC for 08:00.
select is(internal.tick_slot('canary_report', '2019-12-23 12:00Z'), null, 'in winter 12:00 UTC is not yet 08:00');
select is(internal.tick_slot('canary_report', '2019-12-23 13:00:03Z'), 'done', '13:00 UTC is');
select is(internal.tick_slot('canary_report', '2019-07-01 12:09Z'), 'done', 'in summer 12:00 UTC is, ten minutes long');
select is(internal.tick_slot('canary_report', '2019-07-01 13:00Z'), null, 'and 13:00 UTC is past');
select set_eq('select slot, slot_date, local_time from public.slot_runs',
  $$ values ('canary_report', '2019-12-23'::date, '08:00'::time), ('canary_report', '2019-07-01', '08:00') $$, 'each with its date in New York');

select * from finish();
rollback;
