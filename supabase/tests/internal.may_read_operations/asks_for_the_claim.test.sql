begin;
\ir ../fixtures.psql
select plan(11);

select is(pg_temp.access('internal.may_read_operations'), 'authenticated service_role, search_path=""', 'policies and views of users call it');
select ok(internal.may_read_operations(), 'the owner, who works in Studio, may');

-- What the role authenticated gets of a query, with a token's claims.
create function pg_temp.as_user(p_claims text, p_query text) returns text language plpgsql as $$
declare
  v_result text;
begin
  perform set_config('request.jwt.claims', p_claims, true);
  set local role authenticated;
  execute p_query into v_result;
  reset role;
  return v_result;
end
$$;
select is(pg_temp.as_user(claims, 'select count(*) > 0 from public.schedule_slots'), expected, description)
from (values
  ('', 'false', 'no claims'),
  ('{"role": "authenticated"}', 'false', 'no app_metadata'),
  ('{"app_metadata": {"operator": false}}', 'false', 'an operator no more'),
  ('{"app_metadata": {"operator": "true"}}', 'false', 'a text in place of true'),
  ('{"app_metadata": ["operator"]}', 'false', 'app_metadata of another shape'),
  ('{"user_metadata": {"operator": true}}', 'false', 'what users write themselves'),
  ('{"app_metadata": {"operator": true}}', 'true', 'an operator')
) given(claims, expected, description);
select is(pg_temp.as_user('{}', 'select count(*) from public.vw_run_health'), '0', 'views over operations are empty, not failing, for a user');
select isnt(pg_temp.as_user('{"app_metadata": {"operator": true}}', 'select count(*) from public.vw_run_health'), '0', 'and whole for an operator');

select * from finish();
rollback;
