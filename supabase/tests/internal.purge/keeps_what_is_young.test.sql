begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.purge');
select pg_temp.use_ensemble();
select pg_temp.use_run();
select pg_temp.use_run();
update public.jobs set status = 'succeeded', finished_at = now();
update public.runs set status = 'succeeded', finished_at = now() - interval '399 days';
update public.runs set finished_at = now() - interval '401 days' where id = (select run_id from public.jobs order by id limit 1);
insert into cron.job_run_details (jobid, runid, username, command, status, end_time)
select 1, -d, current_user, 'test', 'succeeded', now() - make_interval(days => d) from unnest(array[13, 15]) d;
insert into public.cron_ticks (job, ticked_at) values ('plan', date_trunc('minute', now()) - interval '6 days'), ('plan', date_trunc('minute', now()) - interval '8 days');

create temporary table purged as select internal.purge() as result;
select ok(result @> '{"runs": 1, "cron_ticks": 1}' and (result ->> 'cron_history')::integer >= 1, 'it says how many') from purged;
select is(array_agg(finished_at), array[now() - interval '399 days'], 'a run that ended is kept for 400 days') from public.runs;
select is(count(*)::integer, 1, 'and its jobs as long') from public.jobs;
select is(array_agg(runid), array[-13::bigint], 'cron''s history for 14 days') from cron.job_run_details where runid < 0;

select * from finish();
rollback;
