begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_for_service_role('public.approve_rollout');
select pg_temp.use_rollout();
select pg_temp.is_refused($$ select public.approve_rollout('Ada', 'QA') $$, 400, 'unknown_role', 'no such role');
update public.settings set value = '["ML", "QA"]' where name = 'rollout_roles';
select is(public.approve_rollout('Ada', 'QA') -> 'missing', '["ML"]', 'which are missing');
select pg_temp.is_refused($$ select public.approve_rollout('Bob', 'QA') $$, 409, 'already_approved', 'once');

select * from finish();
rollback;
