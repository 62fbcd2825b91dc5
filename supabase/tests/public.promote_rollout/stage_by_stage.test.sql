begin;
\ir ../fixtures.psql
select plan(9);

select pg_temp.is_for_service_role('public.promote_rollout');
select pg_temp.is_refused($$ select public.promote_rollout('Ada') $$, 409, 'no_rollout', 'nothing to promote');
select pg_temp.use_rollout('8 days');
select pg_temp.is_refused($$ select public.promote_rollout('Ada') $$, 409, 'not_ready', 'not evaluated');
select pg_temp.is_refused($$ select public.promote_rollout('Ada', null, true) $$, 400, 'no_reason', 'force needs a reason');
select pg_temp.use_evaluation();
select is(public.promote_rollout('Ada', null, false, 'canary') ->> 'to', 'limited', 'ready');
select pg_temp.is_refused($$ select public.promote_rollout('Ada', 'x', true, 'canary') $$, 409, 'stage_changed', 'once');
select is(public.promote_rollout('Ada', 'x', true) ->> 'to', 'full', 'by force');
select is(public.promote_rollout('Ada', 'x', true) ->> 'to', 'completed', 'to the end');
select results_eq($$ select kind, stage, figures ->> 'forced' from public.rollout_events where kind in ('promoted', 'completed') order by id $$,
  $$ values ('promoted', 'canary', 'false'), ('promoted', 'limited', 'true'), ('completed', 'full', 'true') $$, 'each an event');

select * from finish();
rollback;
