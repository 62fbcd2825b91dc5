begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.rollout_health');
select is(jsonb_typeof(internal.rollout_health(now())), 'object', 'an object');
create or replace function internal.query_health(p_since timestamptz) returns jsonb language sql stable set search_path = '' as $$ select '{"a": 1}'::jsonb $$;
select is(internal.rollout_health(now()), '{"a": 1}', 'what was measured');

select * from finish();
rollback;
