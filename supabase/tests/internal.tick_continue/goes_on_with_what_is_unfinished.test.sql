begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_internal('internal.tick_continue');
update public.symbols set active = false;
select pg_temp.use_ensemble();
select pg_temp.use_bars(170);
create function pg_temp.go_on() returns jsonb language sql as $$ select internal.tick_continue('2019-12-23 13:05Z') $$;
select is(pg_temp.go_on(), '{}', 'nothing to go on with');
insert into public.planning_rounds (task, after_symbol_id, planned) values ('forecasts', 0, 3);
select is(pg_temp.go_on() #>> '{plan,forecasts}', '1', 'a plan that stopped goes on');
select is(count(*)::integer, 0, 'to its end') from public.planning_rounds;

delete from public.runs;
insert into public.planning_rounds (task, after_symbol_id, planned) values ('forecasts slot:2019-12-23:08:00', 0, 3);
insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, attempts, made_up, started_at, finished_at)
values ('forecast', '2019-12-23', '08:00', '2019-12-23 13:00Z', 'unfinished', 'x', 2, true, '2019-12-23 13:00Z', '2019-12-23 13:00Z');
select is(pg_temp.go_on(), '{"forecast 2019-12-23 08:00": "done"}', 'so does a slot');
select results_eq('select status, result, attempts::integer, made_up, started_at, finished_at > started_at from public.slot_runs',
  $$ values ('done', '{"forecasts": 4}'::jsonb, 2, true, '2019-12-23 13:00Z'::timestamptz, true) $$, 'as one attempt, with the sum of all it planned');
update public.slot_runs set status = 'unfinished', reason = 'x', due_at = '2019-12-22 13:00Z';
select is(pg_temp.go_on(), '{}', 'not a day later');
select is(count(*)::integer, 1, 'and nothing twice') from public.runs;

select * from finish();
rollback;
