begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.check_setting');
create temporary table tried (name text, value jsonb, good boolean);
insert into tried values
  ('publishing_enabled', 'false', true), ('publishing_enabled', '"no"', false), ('publishing_enabled', 'null', false),
  ('max_workers', '0', true), ('max_workers', '-1', false), ('max_workers', '1.5', false), ('max_workers', '"2"', false),
  ('lease_seconds', '1', true), ('lease_seconds', '0', false), ('validation_windows', '0', false),
  ('validation_interval_days', '0.5', true), ('validation_interval_days', '0', false),
  ('artifact_max_age_bars', '0', true), ('artifact_max_age_bars', '10001', false),
  ('window_sizes', '{"1D": {"train": 20, "validation": 20, "test": 20, "step": 1}}', true),
  ('window_sizes', '{"2D": {"train": 20, "validation": 20, "test": 20, "step": 1}}', false),
  ('window_sizes', '{"1D": {"train": 19, "validation": 20, "test": 20, "step": 1}}', false),
  ('window_sizes', '{"1D": {"train": 20, "validation": 20, "test": 20, "step": 0}}', false),
  ('window_sizes', '{"1D": {"train": 20, "validation": 20, "test": 20}}', false),
  ('window_sizes', '{"1D": {"train": "x", "validation": 20, "test": 20, "step": 1}}', false),
  ('window_sizes', '[]', false),
  ('divergence_levels', '{"warning": 0.1, "overfitting": 0.11, "critical": 0.99}', true),
  ('divergence_levels', '{"warning": 0.2, "overfitting": 0.2, "critical": 0.3}', false),
  ('divergence_levels', '{"warning": 0.1, "overfitting": 0.3, "critical": 0.2}', false),
  ('divergence_levels', '{"warning": 0, "overfitting": 0.2, "critical": 0.3}', false),
  ('divergence_levels', '{"warning": 15, "overfitting": 20, "critical": 30}', false),
  ('divergence_levels', '{"warning": 0.1, "overfitting": 0.2}', false),
  ('divergence_levels', '{"warning": "a", "overfitting": 0.2, "critical": 0.3}', false),
  ('divergence_levels', '0.2', false);
create function pg_temp.is_taken(p_name text, p_value jsonb) returns boolean language plpgsql as $$
begin
  update public.settings set value = p_value where name = p_name;
  return true;
exception when sqlstate 'PT400' then
  return false;
end
$$;
select is_empty('select * from tried where pg_temp.is_taken(name, value) <> good', 'values that readers can use are taken, others refused');
select pg_temp.is_refused($$ update public.settings set value = '"many"' where name = 'max_workers' $$, 400, 'invalid_setting', 'with a code');

select * from finish();
rollback;
