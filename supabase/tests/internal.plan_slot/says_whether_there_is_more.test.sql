begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.plan_slot');
update public.symbols set active = false;
insert into public.symbols (symbol) select format('S%s', n) from generate_series(1, 150) n;
create function internal.plan_slowly(p_symbol_ids bigint[]) returns integer language plpgsql as $$
begin
  perform pg_sleep(case when cardinality(p_symbol_ids) = 100 then 1.25 else 0 end);
  return cardinality(p_symbol_ids);
end
$$;
create function pg_temp.plan() returns jsonb language sql as $$ select internal.plan_slot('2019-12-23', '08:00', 'checks', 'plan_slowly($1)') $$;
select is(pg_temp.plan(), '{"checks": 100, "more": true}', 'more while it is not through all symbols');
select results_eq('select task, planned from public.planning_rounds', $$ values ('checks slot:2019-12-23:08:00', 100) $$, 'in a round of its own');
select is(pg_temp.plan(), '{"checks": 150}', 'the sum at the end');

select * from finish();
rollback;
