begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.require_quota');
select pg_temp.use_ensemble();
update public.settings set value = '{"forecasts": 5, "runs": 3}' where name = 'user_quota';
create function pg_temp.asks(p_forecasts integer) returns text language sql as $$
  select format('select internal.require_quota(%L, %s)', '00000000-0000-0000-0000-000000000001', p_forecasts)
$$;
insert into public.runs (kind, idempotency_key, requested_via, requested_by, quota_used, created_at)
select 'forecast', 'test:' || n, 'http', case n when 4 then '00000000-0000-0000-0000-000000000002' else '00000000-0000-0000-0000-000000000001' end::uuid, 2,
  now() - (array[10, 50, 61, 1])[n] * interval '1 minute'
from generate_series(1, 4) n;
select lives_ok(pg_temp.asks(1), 'up to it');
select pg_temp.is_refused(pg_temp.asks(2), 429, 'quota_exceeded', 'not beyond it; others and what was before do not count');
create function pg_temp.wait(p_forecasts integer) returns integer language plpgsql as $$
declare
  v_hint text;
begin
  execute pg_temp.asks(p_forecasts);
  return 0;
exception when others then
  get stacked diagnostics v_hint = pg_exception_hint;
  return v_hint::integer;
end
$$;
select is(pg_temp.wait(2), 600, 'until the earliest is an hour old');
select is(pg_temp.wait(5), 3000, 'or as many of them as it takes');
select is(pg_temp.wait(6), 3600, 'or an hour, where it will always be too much');
update public.settings set value = '{"forecasts": 5, "runs": 2}' where name = 'user_quota';
select is(pg_temp.wait(0), 600, 'runs are counted too');

select * from finish();
rollback;
