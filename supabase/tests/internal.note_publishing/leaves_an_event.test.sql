begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.note_publishing');
update public.settings set value = 'false' where name = 'publishing_enabled';
update public.settings set value = 'false' where name = 'publishing_enabled';
update public.settings set value = 'true' where name = 'publishing_enabled';
update public.settings set value = '3' where name = 'max_workers';
select results_eq($$ select kind, actor = session_user from public.rollout_events order by id $$,
  $$ values ('kill_switch_on', true), ('kill_switch_off', true) $$, 'when the switch is thrown');

select * from finish();
rollback;
