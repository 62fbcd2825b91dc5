begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.record_cron_error');
select internal.record_cron_error('plan', 'a message', 'PT500', 'missing_setting');
select internal.record_cron_error('plan', 'a message', '22012', 'no code');
select results_eq($$ select source, code, details ->> 'sqlstate' from public.errors where message = 'a message' order by id $$,
  $$ values ('cron.plan', 'missing_setting', 'PT500'), ('cron.plan', 'internal_error', '22012') $$, 'what was refused, or any other');

select * from finish();
rollback;
