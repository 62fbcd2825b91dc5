begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.error_sightings');
delete from public.jobs;
select public.record_error('forecast', 'internal_error', 'x');
insert into public.cron_ticks (job, ticked_at, error) values ('plan', date_trunc('minute', now(), 'UTC'), 'x'), ('reconcile', date_trunc('minute', now(), 'UTC'), null);
insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, started_at, finished_at)
values ('purge', '2019-12-23', '03:17', now() - interval '20 hours', 'missed', 'x', now(), now()),
  ('score', '2019-12-23', '14:10', now() - interval '1 hour', 'skipped', 'x', now(), now());
select pg_temp.use_ensemble();
select pg_temp.use_run('forecast', 2);
update public.jobs set status = 'dead', error_code = 'too_few_bars', error_message = 'x', finished_at = now() where idempotency_key like '%:1';
select results_eq($$ select kind, source, code from internal.error_sightings(now() - interval '1 day', now()) order by kind $$,
  $$ values ('dead_job', 'forecast', 'too_few_bars'), ('error', 'forecast', 'internal_error'), ('failed_slot', 'purge', 'missed'),
    ('failed_tick', 'plan', 'tick_failed') $$, 'errors, dead jobs, failed ticks and slots, and nothing that went well');
select is_empty($$ select from internal.error_sightings(now(), now() + interval '1 day') $$, 'within the two times');

select * from finish();
rollback;
