begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.alert_storm');
select pg_temp.use_rollout('1 day');
insert into public.errors (occurred_at, source, code, message)
select now() - make_interval(mins => 12 * i), 'test', 'x', 'x' from generate_series(0, 4) i;
create function pg_temp.storm() returns jsonb language sql as $$
  select internal.alert_storm(r, r.stage_started_at, now()) from public.rollouts r where r.status = 'running'
$$;
select is(pg_temp.storm(), '[]', 'five in an hour');
insert into public.errors (occurred_at, source, code, message) values (now() - interval '61 minutes', 'test', 'x', 'x');
select is(pg_temp.storm(), '[]', 'six in 61 minutes');
insert into public.errors (occurred_at, source, code, message) values (now() - interval '60 minutes', 'test', 'x', 'x');
select is(pg_temp.storm() #>> '{0, figures, alarms}', '6', 'six in an hour');

select * from finish();
rollback;
