begin;
\ir ../fixtures.psql
select plan(16);

select pg_temp.is_internal('internal.mend_set_back_clock');
select is(internal.mend_set_back_clock(), null, 'without ticks ahead there is nothing to mend');

-- What a clock did that was a day ahead for eight minutes, up to a minute ago.
select pg_temp.use_ensemble();
select pg_temp.use_bars(160);
update public.bars set ingested_at = now() - interval '1 hour';
select pg_temp.use_window(139);
insert into public.cron_ticks (job, ticked_at)
select 'dispatch', date_trunc('minute', now(), 'UTC') + interval '1 day' - make_interval(mins => n) from generate_series(1, 8) n;
insert into public.cron_ticks (job, ticked_at) values ('dispatch', date_trunc('minute', now(), 'UTC') - interval '1 hour');
insert into public.slot_runs (slot, slot_date, local_time, due_at, status, started_at, finished_at) values
  ('purge', '2030-01-01', '03:17', now() + interval '20 hours', 'done', now() + interval '1 day', now() + interval '1 day'),
  ('purge', '2029-12-31', '03:17', now() - interval '4 hours', 'done', now() - interval '4 hours', now() - interval '4 hours');
insert into public.planning_rounds (task, after_symbol_id, planned, began_at) values ('windows slot:x', 1, 1, now() + interval '1 day');
insert into public.runs (kind, idempotency_key, requested_via, created_at) values
  ('ingestion', 'ingestion:slot:ahead', 'schedule', now() + interval '1 day'), ('ingestion', 'ingestion:slot:before', 'schedule', now());
select pg_temp.use_run('validate_window', 1);
update public.runs set created_at = now() + interval '1 day - 4 minutes' where kind = 'validation';
insert into public.error_alerts (kind, source, code, occurrences, first_seen_at, last_seen_at, opened_at)
values ('error', 'a', 'b', 2, now() - interval '1 hour', now() + interval '1 day - 3 minutes', now() + interval '1 day - 3 minutes');
-- Bars came, a window over them was validated, one bar was restated.
update public.bars set ingested_at = now() + interval '1 day - 5 minutes' where bar_time = pg_temp.bar_time(130);
select set_config('plumbline.keeps_updated_at', 'true', true);
update public.ensemble_validation_metrics set updated_at = now() + interval '1 day - 4 minutes';
select set_config('plumbline.keeps_updated_at', '', true);
select is((select is_valid from public.window_validity), true, 'the window stands');
select pg_temp.use_window(159);
select set_config('plumbline.keeps_updated_at', 'true', true);
update public.ensemble_validation_metrics set updated_at = now() + interval '1 day - 3 minutes' where window_id = 159;
select set_config('plumbline.keeps_updated_at', '', true);
update public.bars set ingested_at = now() + interval '1 day - 2 minutes' where bar_time = pg_temp.bar_time(155);
select results_eq('select window_id, is_valid from public.window_validity order by 1', 'values (139, true), (159, false)',
  'the one over a bar that was restated does not');

select results_eq($$ select m.mended ->> 'slots', m.mended ->> 'runs', (m.mended ->> 'minutes')::integer between 1436 and 1438
  from internal.mend_set_back_clock() m(mended) $$, $$ values ('1', '1', true) $$, 'it says by how much the clock was set back, and what was undone');
select results_eq('select slot_date from public.slot_runs', $$ values ('2029-12-31'::date) $$, 'slots of the future are not done');
select is_empty('select from public.planning_rounds', 'nor is half of a round');
select results_eq($$ select idempotency_key like 'ingestion:slot:ahead:ahead:%', created_at <= now() from public.runs
  where kind = 'ingestion' order by created_at = now() and idempotency_key like '%before' $$, $$ values (true, true), (false, true) $$,
  'their runs have given up the key');
select is_empty($$ select from public.runs where kind = 'validation' and (created_at > now() or idempotency_key like '%ahead%') $$,
  'what follows from data was done, and now');
select is_empty('select from public.bars where ingested_at > now()', 'no bar is from the future');
select is_empty($$ select from public.bar_series where greatest(stored_at, restated_at) > now() + interval '1 minute' $$, 'nor a series');
select is_empty('select from public.ensemble_validation_metrics where updated_at > now()', 'nor a window');
select results_eq('select window_id, is_valid from public.window_validity order by 1', 'values (139, true), (159, false)',
  'and what stands, stands');
select results_eq($$ select last_seen_at between now() - interval '3 minutes' and now(), opened_at = last_seen_at from public.error_alerts where source = 'a' $$,
  'values (true, true)', 'errors from now on are seen');
select results_eq('select ticked_at < now() from public.cron_ticks', 'values (true)', 'the minutes can be ticked again');
select results_eq('select source, code from public.errors', $$ values ('cron.clock', 'clock_set_back') $$, 'it is recorded');

select * from finish();
rollback;
