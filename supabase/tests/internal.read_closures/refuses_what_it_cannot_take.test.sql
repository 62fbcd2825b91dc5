begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.read_closures');
select results_eq(
  $$ select * from internal.read_closures('[["2025-12-25", "closed", " Noel "], ["2025-12-24", "half_day"], ["2025-01-01", "closed", null]]', '14:00',
       '2025-01-01', '2025-12-31') $$,
  $$ values ('2025-12-25'::date, 'closed', 'Noel'), ('2025-12-24', 'half_day', 'Half day'), ('2025-01-01', 'closed', 'Closed') $$, 'in their order');
select pg_temp.is_refused($$ select * from internal.read_closures('[["2025-02-30", "closed"]]', null, '2025-01-01', '2025-12-31') $$, 400, 'invalid_closures',
  'no such date');
select pg_temp.is_refused($$ select * from internal.read_closures('[["2025-12-24", "half_day"]]', null, '2025-01-01', '2025-12-31') $$, 400, 'invalid_closures',
  'a half day without a close');

select * from finish();
rollback;
