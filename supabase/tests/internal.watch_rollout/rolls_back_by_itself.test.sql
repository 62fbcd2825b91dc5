begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.watch_rollout');
select is(internal.watch_rollout() ->> 'skipped', 'no rollout runs', 'nothing to watch');
select pg_temp.use_rollout('1 hour');
select is(internal.watch_rollout() ->> 'rolled_back', 'false', 'all is well');
insert into public.errors (occurred_at, source, code, message) values (now() - interval '61 minutes', 'forecast-worker', 'internal_error', 'y');
select is(internal.watch_rollout() ->> 'rolled_back', 'false', 'an error from before the stage');
update public.settings set value = 'false' where name = 'automatic_rollback';
insert into public.errors (occurred_at, source, code, message) values (now() - interval '59 minutes', 'forecast-worker', 'internal_error', 'y');
select is(internal.watch_rollout() ->> 'rolled_back', 'false', 'not when it is switched off');
update public.settings set value = 'true' where name = 'automatic_rollback';
insert into public.errors (occurred_at, source, code, message) values (now() - interval '58 minutes', 'forecast-worker', 'internal_error', 'y');
select is(internal.watch_rollout() ->> 'rolled_back', 'true', 'an error');
select results_eq($$ select actor from public.rollout_events where kind = 'rolled_back' $$, $$ values ('automatic') $$, 'by itself');

select * from finish();
rollback;
