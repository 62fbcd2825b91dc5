begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.refuse');
select throws_ok($$ select internal.refuse(404, 'no_such_thing', 'there is no thing') $$, 'PT404', 'there is no thing',
  'the status is in the SQLSTATE, as PostgREST reads it');
select pg_temp.is_refused($$ select internal.refuse(404, 'no_such_thing', 'there is no thing') $$, 404, 'no_such_thing', 'the code in the detail');
create function pg_temp.hint(p_retry_at timestamptz) returns text language plpgsql as $$
declare
  v_hint text;
begin
  perform internal.refuse(429, 'later', 'x', p_retry_at);
exception when others then
  get stacked diagnostics v_hint = pg_exception_hint;
  return v_hint;
end
$$;
select is(pg_temp.hint(now() + interval '90.5 seconds'), '91', 'the hint says in how many seconds to ask again');
select is(pg_temp.hint(null), '', 'and nothing where that is not known');

select * from finish();
rollback;
