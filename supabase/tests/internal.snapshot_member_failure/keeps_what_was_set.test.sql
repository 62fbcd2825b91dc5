begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.snapshot_member_failure');
select pg_temp.use_ensemble();
update public.settings set value = '"drop"' where name = 'on_member_failure';
select pg_temp.use_run();
select is(on_member_failure, 'drop', 'a run is given the setting') from public.runs;
update public.settings set value = '"fail"' where name = 'on_member_failure';
select is(on_member_failure, 'drop', 'and keeps it when that changes') from public.runs;

select * from finish();
rollback;
