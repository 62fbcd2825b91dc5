begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.horizon_payload');
update public.settings set value = '{"warning": 0.1, "overfitting": 0.2, "critical": 0.3}' where name = 'divergence_levels';
select is(internal.horizon_payload('1D'), '{"horizon": "1D",
  "sizes": {"train": 80, "validation": 20, "test": 20, "step": 20}, "levels": {"warning": 0.1, "overfitting": 0.2, "critical": 0.3}}',
  'sizes and levels as they are set now');

select * from finish();
rollback;
