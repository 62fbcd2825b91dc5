begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.schedule_all');
create temporary table before as select jobid, jobname, schedule, command, username, active from cron.job where jobname like 'plumbline-%';
select isnt_empty('select from before', 'the migrations have scheduled jobs');
select is_empty($$ select from before where schedule !~ '^(\S+ ){4}\S+$' or username <> 'postgres' or not active $$,
  'each with five fields, as postgres, active');
select internal.schedule_all();
select set_eq($$ select jobid, jobname, schedule, command, username, active from cron.job where jobname like 'plumbline-%' $$,
  'select * from before', 'repeating it changes nothing');
select cron.unschedule(jobname) from before;
select is_empty($$ select from cron.job where jobname like 'plumbline-%' $$, 'without its jobs');
select internal.schedule_all();
select set_eq($$ select jobname, schedule, command from cron.job where jobname like 'plumbline-%' $$,
  'select jobname, schedule, command from before', 'it makes the same ones again');

select * from finish();
rollback;
