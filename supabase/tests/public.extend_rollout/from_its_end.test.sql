begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.extend_rollout');
select pg_temp.use_rollout('1 day');
select is((public.extend_rollout('Ada', 2, 'holidays') ->> 'stage_due_at')::timestamptz, now() + interval '8 days', 'from its end');
update public.rollouts set stage_due_at = now() - interval '1 hour';
select is((public.extend_rollout('Ada', 2, 'holidays') ->> 'stage_due_at')::timestamptz, now() + interval '2 days', 'or from now');
select pg_temp.is_refused($$ select public.extend_rollout('Ada', 0, 'x') $$, 400, 'invalid_days', 'days');
select pg_temp.is_refused($$ select public.extend_rollout('Ada', 1, '') $$, 400, 'no_reason', 'a reason');

select * from finish();
rollback;
