begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.query_health');
delete from public.query_timings;
select is(internal.query_health('-infinity'), '{}', 'nothing without any');
insert into public.query_timings (name, measured_at, duration_ms) select 'run-health', now(), i from generate_series(1, 101) i;
insert into public.query_timings (name, measured_at, duration_ms) values ('claim', now(), 2), ('claim', now() - interval '1 hour', 9);
select is(internal.query_health(now()), '{"run-health": {"p95_ms": 96.000, "n": 101}, "claim": {"p95_ms": 2.000, "n": 1}}', 'by query, since the time');

select * from finish();
rollback;
