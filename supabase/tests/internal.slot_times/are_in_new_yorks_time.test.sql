begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.slot_times');
select results_eq(
  $$ select t.slot_date, t.due_at, t.closed_because from internal.slot_times('2019-12-23', '2019-12-25') t
     where t.slot = 'check_divergence' order by t.slot_date $$,
  $$ values ('2019-12-23'::date, '2019-12-23 12:00Z'::timestamptz, null::text), ('2019-12-24', '2019-12-24 12:00Z', null),
       ('2019-12-25', '2019-12-25 12:00Z', internal.closed_because('2019-12-25')) $$, 'a time of day, and why it is to be skipped');
select results_eq(
  $$ select t.slot_date, t.local_time from internal.slot_times('2019-12-23', '2019-12-24') t where t.slot = 'validate' order by 1 $$,
  $$ values ('2019-12-23'::date, '21:00'::time), ('2019-12-24', '18:00') $$, 'five hours after a close at four, or at one');
select is(min(t.due_at), '2019-07-01 11:00Z', 'an hour earlier by UTC in summer')
from internal.slot_times('2019-07-01', '2019-07-01') t where t.slot = 'check_divergence';

select * from finish();
rollback;
