begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.check_schedule_setting');
create temporary table tried (name text, value jsonb, good boolean);
insert into tried
select 'retention_days', value || change, good from public.settings, (values
  ('{}'::jsonb, true), ('{"runs": 1}', true), ('{"runs": 0}', false), ('{"runs": "1"}', false), ('{"more": 1}', false)) c(change, good)
where name = 'retention_days';
insert into tried values
  ('slot_attempts', '1', true), ('slot_attempts', '0', false), ('forecast_deadline_minutes', '0', true), ('forecast_deadline_minutes', '-1', false),
  ('forecast_deadline_minutes', '"105"', false);
create function pg_temp.is_taken(p_name text, p_value jsonb) returns boolean language plpgsql as $$
begin
  update public.settings set value = p_value where name = p_name;
  return true;
exception when sqlstate 'PT400' then
  return false;
end
$$;
select is_empty('select * from tried where pg_temp.is_taken(name, value) <> good', 'values that readers can use are taken, others refused');

select * from finish();
rollback;
