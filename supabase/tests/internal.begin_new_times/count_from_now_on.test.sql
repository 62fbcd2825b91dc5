begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.begin_new_times');
update public.schedule_slots set active_since = '2019-12-20 13:00Z';
update public.schedule_slots set description = 'The same' where slot = 'purge';
select is(active_since, '2019-12-20 13:00Z', 'what keeps its times keeps its age') from public.schedule_slots where slot = 'purge';
update public.schedule_slots set local_times = '{04:17}' where slot = 'purge';
select is(active_since, now(), 'new times have nothing to make up for') from public.schedule_slots where slot = 'purge';

select * from finish();
rollback;
