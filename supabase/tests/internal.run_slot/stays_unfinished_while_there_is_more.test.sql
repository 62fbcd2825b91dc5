begin;
\ir ../fixtures.psql
select plan(4);

update public.symbols set active = false;
insert into public.symbols (symbol) select format('S%s', n) from generate_series(1, 101) n;
alter function internal.plan_divergence_checks(bigint[], date) rename to plan_divergence_checks_away;
create function internal.plan_divergence_checks(p_symbol_ids bigint[], p_date date) returns integer language plpgsql as $$
begin
  perform pg_sleep(case when cardinality(p_symbol_ids) = 100 then 1.25 else 0 end);
  return cardinality(p_symbol_ids);
end
$$;
create function pg_temp.run() returns text language sql as $$
  select internal.run_slot('check_divergence', '2019-12-23', '07:00', '2019-12-23 12:00Z', false)
$$;
select is(pg_temp.run(), 'unfinished', 'not done before it is through all symbols');
select results_eq('select status, reason is not null, result from public.slot_runs', $$ values ('unfinished', true, '{"checks": 100, "more": true}'::jsonb) $$,
  'which its row says');
select is(array[pg_temp.run(), pg_temp.run()], array['done', 'done'], 'called again it goes on to the end, once');
select results_eq('select status, result, attempts::integer from public.slot_runs', $$ values ('done', '{"checks": 101}'::jsonb, 1) $$, 'as one attempt');

select * from finish();
rollback;
