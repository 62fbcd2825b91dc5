begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_for_service_role('public.note_rollout');
select is(public.note_rollout('Ada', 'x') ->> 'rollout_id', null, 'before the first rollout');
select pg_temp.use_rollout();
select is((public.note_rollout('Ada', ' x ') ->> 'rollout_id')::bigint, max(id), 'of the latest') from public.rollouts;
select pg_temp.is_refused($$ select public.note_rollout('Ada', ' ') $$, 400, 'no_text', 'a text');

select * from finish();
rollback;
