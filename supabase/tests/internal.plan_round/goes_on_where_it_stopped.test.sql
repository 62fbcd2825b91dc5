begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_internal('internal.plan_round');
update public.symbols set active = false;
insert into public.symbols (symbol) select format('S%s', n) from generate_series(1, 250) n;
-- Stands for a planner that takes its time: 0.15 s for a hundred symbols, one planned for each.
create table public.planned_here (symbol_id bigint not null);
create function internal.plan_slowly(p_symbol_ids bigint[]) returns integer language plpgsql as $$
begin
  insert into public.planned_here select unnest(p_symbol_ids);
  perform pg_sleep(case when cardinality(p_symbol_ids) = 100 then 0.15 else 0 end);
  return cardinality(p_symbol_ids);
end
$$;
create function pg_temp.plan(p_task text default 'a') returns jsonb language sql as $$ select internal.plan_round(p_task, 'plan_slowly($1)', 0.1) $$;
select is(pg_temp.plan(), '{"planned": 100, "total": 100, "more": true}', 'it stops when its time is used up');
select is(pg_temp.plan(), '{"planned": 100, "total": 200, "more": true}', 'goes on with the next symbols');
select is(pg_temp.plan(), '{"planned": 50, "total": 250, "more": false}', 'and ends after the last');
select is(array[count(*), count(distinct symbol_id)], array[250::bigint, 250], 'each was planned once') from public.planned_here;
select is(count(*)::integer, 0, 'a round that ended is forgotten') from public.planning_rounds;
insert into public.planning_rounds (task, after_symbol_id, planned, began_at) values ('of a slot', 7, 7, now() - interval '3 days');
update public.symbols set active = symbol = 'S7';
select is(pg_temp.plan(), '{"planned": 1, "total": 1, "more": false}', 'the next begins with the first active symbol');
select is(count(*)::integer, 0, 'and those that nobody went on with are forgotten') from public.planning_rounds;

select * from finish();
rollback;
