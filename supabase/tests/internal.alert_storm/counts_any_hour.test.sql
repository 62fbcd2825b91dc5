begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.alert_storm');
select pg_temp.use_rollout('1 day');
update public.settings set value = value || '{"critical_alerts_per_hour": 1}' where name = 'rollout_criteria';
create function pg_temp.storm() returns jsonb language sql as $$
  select internal.alert_storm(r, r.stage_started_at, now()) from public.rollouts r where r.status = 'running'
$$;
insert into public.errors (occurred_at, source, code, message)
select now() - make_interval(mins => i), 'forecast-worker', 'internal_error', 'x' from generate_series(0, 50) i;
select is(pg_temp.storm(), '[]', 'one again and again is one');
insert into public.errors (occurred_at, source, code, message) values (now() - interval '30 minutes', 'cron.plan', 'x', 'x');
select is(pg_temp.storm(), '[]', 'the platform''s are none');
insert into public.errors (occurred_at, source, code, message) values (now() - interval '111 minutes', 'rollout', 'internal_error', 'x');
select is(pg_temp.storm(), '[]', 'another one 61 minutes before');
insert into public.errors (occurred_at, source, code, message) values (now() - interval '110 minutes', 'rollout', 'internal_error', 'x');
select is(pg_temp.storm() #>> '{0, figures, alarms}', '2', 'another one in an hour');

select * from finish();
rollback;
