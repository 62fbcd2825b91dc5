begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.are_slot_times');
select is(
  array[internal.are_slot_times('{08:00, 23:45}', '{}'), internal.are_slot_times('{}', '{30 minutes, 0 minutes}'), internal.are_slot_times('{}', '{}'),
    internal.are_slot_times('{02:30}', '{}'), internal.are_slot_times('{23:46}', '{}'), internal.are_slot_times('{08:00:01}', '{}'),
    internal.are_slot_times('{}', '{-1 minute}'), internal.are_slot_times('{}', '{8 hours}'), internal.are_slot_times('{NULL}', '{}')],
  array[true, true, false, false, false, false, false, false, false], 'whole minutes that are there once on every date');

select * from finish();
rollback;
