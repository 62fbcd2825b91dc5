begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.note_next_due');
create function pg_temp.due() returns timestamptz language sql as $$
  select internal.note_next_due('check_divergence', '2019-12-23 20:00Z');
  select next_due_at from public.schedule_slots where slot = 'check_divergence'
$$;
update public.schedule_slots set active_since = '2019-12-23 13:00Z';
select is(pg_temp.due(), '2019-12-24 12:00Z', 'times before the slot was there do not count');
update public.schedule_slots set active_since = '2019-12-20 13:00Z';
insert into public.slot_runs (slot, slot_date, local_time, due_at, status, started_at, finished_at) values
  ('check_divergence', '2019-12-21', '07:00', '2019-12-21 12:00Z', 'done', now(), now());
select is(pg_temp.due(), '2019-12-22 12:00Z', 'one that nobody noted is due in the past');
update public.schedule_slots set next_due_at = null;
select internal.note_next_due(null, '2019-12-23 20:00Z');
select is(count(*) filter (where next_due_at is null)::integer, 0, 'without a name it is of every slot') from public.schedule_slots;

select * from finish();
rollback;
