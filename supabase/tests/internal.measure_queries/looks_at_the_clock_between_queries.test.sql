begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.measure_queries');
delete from public.query_timings;
delete from public.monitoring_queries;
insert into public.monitoring_queries (name, query) values
  ('a-slow-one', E'-- Half a second and more.\nselect pg_sleep(0.6)'),
  ('another', E'-- At once.\nselect 1 as one');
create temporary table first as select internal.measure_queries(20, interval '0.5 seconds') as health;
select is(health #>> '{a-slow-one,n}', '1', 'a slow query is asked once') from first;
select is(health ? 'another', false, 'and leaves the others no time') from first;
create temporary table second as select internal.measure_queries(3, interval '2 seconds') as health;
select is(array[health #>> '{another,n}', health #>> '{claim,n}', health #>> '{a-slow-one,n}'], array['3', '3', '1'], 'with more of it each has its rounds')
from second;

update public.monitoring_queries set query = E'-- Never.\nselect pg_sleep(30)' where name = 'a-slow-one';
delete from public.query_timings;
insert into public.query_timings (name, measured_at, duration_ms)
values ('another', now() - interval '1 day', 1), ('claim', now() - interval '1 day', 1), ('a-slow-one', now() - interval '2 days', 1);
set local statement_timeout = '200ms';
create temporary table third as select internal.measure_queries(3, interval '2 seconds') as health;
set local statement_timeout = 0;
select is(health #>> '{a-slow-one,n}', '1', 'what the statement''s limit breaks off is measured') from third;
select ok(bool_or(timed_out), 'and said to be') from public.query_timings where name = 'a-slow-one';
select is_empty('select from public.errors', 'it is no error');

select * from finish();
rollback;
