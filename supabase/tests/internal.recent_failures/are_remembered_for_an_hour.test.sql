begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.recent_failures');
select pg_temp.use_ensemble();
select pg_temp.use_run('forecast', 3);
update public.jobs set forecast_key = (array['A', 'A', 'B'])[(payload ->> 'window_id')::integer], status = 'dead', finished_at = now() - interval '20 minutes',
  error_code = payload ->> 'window_id', error_message = 'the reason';
update public.jobs set finished_at = now() - interval '10 minutes' where payload ->> 'window_id' = '2';
select results_eq($$ select * from internal.recent_failures('{A, C}') $$,
  $$ values ('A', '2', 'the reason', now() + interval '50 minutes') $$, 'the latest of each that was asked for');
update public.jobs set finished_at = now() - interval '1 hour' where forecast_key = 'B';
select is_empty($$ select internal.recent_failures('{B}') $$, 'for an hour');
select isnt_empty($$ select internal.recent_failures('{A}') $$, 'not before');
update public.jobs set status = 'queued', finished_at = null where payload ->> 'window_id' = '2';
select is_empty($$ select internal.recent_failures('{A}') $$, 'not while it is tried again');

select * from finish();
rollback;
