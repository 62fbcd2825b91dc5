begin;
\ir ../fixtures.psql
select plan(6);

select is(pg_temp.access('internal.latest_rollout'), 'authenticated service_role, search_path=""', 'a view of users calls it');
select is_empty('select * from internal.latest_rollout()', 'no row before the first rollout');

create function pg_temp.serving() returns text language sql as $$
  select string_agg(format('%s %s %s', s.symbol, s.horizon, s.ensemble), ', ' order by s.symbol, s.horizon) from public.vw_serving_ensembles s
$$;
create function pg_temp.serving_as_user() returns text language plpgsql as $$
declare
  v_serving text;
begin
  set local role authenticated;
  select string_agg(format('%s %s %s', s.symbol, s.horizon, s.ensemble), ', ' order by s.symbol, s.horizon) into v_serving
  from public.vw_serving_ensembles s;
  reset role;
  return v_serving;
end
$$;
select pg_temp.use_ensemble();
select pg_temp.use_rollout();
select results_eq('select id, status, stage, candidate_hash from internal.latest_rollout()',
  'select id, status, stage, candidate_hash from public.rollouts', 'the latest as it is');
select matches(pg_temp.serving(), 'TEST 1D candidate', 'it decides who serves');
select is(pg_temp.serving_as_user(), pg_temp.serving(), 'the same for a user, who reads no rollouts');
select public.rollback_rollout('Ada', 'a test');
select is(pg_temp.serving_as_user(), pg_temp.serving(), 'and when it was rolled back');

select * from finish();
rollback;
