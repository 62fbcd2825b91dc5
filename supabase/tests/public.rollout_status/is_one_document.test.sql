begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_for_service_role('public.rollout_status');
select is(public.rollout_status() -> 'rollout', 'null', 'before the first');
select pg_temp.use_rollout();
select is(public.rollout_status() #>> '{rollout, stage}', 'canary', 'where it stands');
select is(jsonb_array_length(public.rollout_status() -> 'board'), 1, 'the board');

select * from finish();
rollback;
