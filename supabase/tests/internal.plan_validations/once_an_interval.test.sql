begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.plan_validations');
select pg_temp.use_ensemble();
select pg_temp.use_bars(170);
select is(internal.plan_validations(array[(pg_temp.use_symbol()).id], null), 2, 'where nothing was validated');
update public.runs set status = 'succeeded', finished_at = now();
update public.jobs set status = 'succeeded', finished_at = now();
select pg_temp.use_window(149);
select is(internal.plan_validations(array[(pg_temp.use_symbol()).id], null), 0, 'not again before the interval is over');
update public.runs set created_at = now() - interval '8 days', idempotency_key = 'another week''s';
select is(internal.plan_validations(array[(pg_temp.use_symbol()).id], null), 1, 'then what is missing');

select * from finish();
rollback;
