begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.enqueue_error_alert');
select public.record_error('forecast', 'internal_error', 'words for the service role') from generate_series(1, 2);
select internal.watch_errors();
select internal.watch_errors(now() + interval '1 day');
select results_eq($$ select level, status, payload ->> 'text' like 'Error that nobody handled: forecast, internal\_error, 2 times since % UTC. More is in public.errors.'
  from public.alert_deliveries $$, $$ values ('error', 'waiting', true) $$, 'once, without its words');

select * from finish();
rollback;
