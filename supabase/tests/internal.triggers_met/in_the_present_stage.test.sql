begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.triggers_met');
update public.settings set value = 'false' where name = 'automatic_rollback';
select pg_temp.use_rollout();
create function pg_temp.met() returns integer language sql as $$ select internal.triggers_met(r) from public.rollouts r $$;
select is(pg_temp.met(), 0, 'none');
select internal.add_rollout_event(r.id, 'trigger', 'automatic', 'x', '{}') from public.rollouts r, generate_series(1, 2);
select is(pg_temp.met(), 2, 'those of the log');
update public.rollouts set stage_started_at = now() + interval '1 second';
select is(pg_temp.met(), 0, 'none of before the stage');

select * from finish();
rollback;
