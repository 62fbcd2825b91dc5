begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.use_ensemble();
create function pg_temp.plan(p_windows integer) returns integer language sql as $$
  select internal.plan_validations(array[(pg_temp.use_symbol()).id], p_windows)
$$;
create function pg_temp.planned() returns integer[] language sql as $$
  select array_agg((j.payload ->> 'window_id')::integer order by (j.payload ->> 'window_id')::integer) from public.jobs j
$$;
select pg_temp.use_bars(119);
select is(pg_temp.plan(null), 0, 'no window from too few bars');
select results_eq('select kind, status, error_code from public.runs', $$ values ('validation', 'failed', 'too_few_bars_for_window') $$, 'which the run says');
delete from public.runs;
delete from public.bars;
select pg_temp.use_bars(170);
select pg_temp.use_window(169);
select is(pg_temp.plan(null), 1, 'as many as validation_windows says, less those that are there');
select is(pg_temp.planned(), array[149], 'a step apart, from the latest bar');
select is(pg_temp.plan(100), 1, 'or as many as there are bars for, less those that wait');
select is(pg_temp.planned(), array[129, 149], 'and none twice');

select * from finish();
rollback;
