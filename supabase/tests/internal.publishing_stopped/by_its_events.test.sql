begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.publishing_stopped');
insert into public.rollout_events (happened_at, kind, actor, reason) values
  ('2019-12-23 10:00Z', 'kill_switch_on', 'Ada', 'x'), ('2019-12-23 11:00Z', 'kill_switch_off', 'Ada', 'x');
select is(array_agg(internal.publishing_stopped(f::timestamptz, u::timestamptz) order by f), array[false, true, true, false], 'when it was on between')
from (values ('2019-12-23 08:00Z', '2019-12-23 09:59Z'), ('2019-12-23 09:00Z', '2019-12-23 10:00Z'), ('2019-12-23 10:30Z', '2019-12-23 10:40Z'),
  ('2019-12-23 11:00Z', '2019-12-23 12:00Z')) t(f, u);

select * from finish();
rollback;
