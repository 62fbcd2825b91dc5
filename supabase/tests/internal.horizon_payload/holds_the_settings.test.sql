begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.horizon_payload');
update public.settings set value = '{"warning": 0.1, "overfitting": 0.2, "critical": 0.3}' where name = 'divergence_levels';
create temporary table payload as select internal.horizon_payload('1D') as value;
select is(value, internal.horizon_payload('1D'), 'of the same settings the same') from payload;
select pg_temp.use_ensemble();
select internal.add_job(pg_temp.use_run('forecast', 0), 'forecast', 'TEST', value || '{"symbol": "TEST"}') from payload;
update public.settings set value = '{"warning": 0.15, "overfitting": 0.2, "critical": 0.3}' where name = 'divergence_levels';
select isnt(internal.horizon_payload('1D'), value, 'of others another one') from payload;
select is(public.claim_job('{forecast}', '1') -> 'payload', '{"symbol": "TEST", "horizon": "1D",
  "sizes": {"train": 80, "validation": 20, "test": 20, "step": 20}, "levels": {"warning": 0.1, "overfitting": 0.2, "critical": 0.3}}',
  'a worker is told sizes and levels as they were when its job was planned');
select pg_temp.is_refused($$ update public.job_settings set settings = '{}' $$, 409, 'append_only', 'which stay');

select * from finish();
rollback;
