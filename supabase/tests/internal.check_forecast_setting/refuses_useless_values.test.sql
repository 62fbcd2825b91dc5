begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.check_forecast_setting');
create temporary table tried (name text, value jsonb, good boolean);
insert into tried values
  ('on_member_failure', '"drop"', true), ('on_member_failure', '"ignore"', false), ('on_member_failure', 'true', false),
  ('direction_thresholds', '{"bullish": 0.6, "bearish": 0.4}', true), ('direction_thresholds', '{"bullish": 0.5, "bearish": 0.5}', false),
  ('direction_thresholds', '{"bullish": 0.4, "bearish": 0.3}', false), ('direction_thresholds', '{"bullish": 1, "bearish": 0.4}', false),
  ('direction_thresholds', '{"bullish": 0.6, "bearish": 0}', false), ('direction_thresholds', '{"bullish": 0.6}', false),
  ('direction_thresholds', '{"bullish": "high", "bearish": 0.4}', false), ('direction_thresholds', '0.5', false);
create function pg_temp.is_taken(p_name text, p_value jsonb) returns boolean language plpgsql as $$
begin
  update public.settings set value = p_value where name = p_name;
  return true;
exception when sqlstate 'PT400' then
  return false;
end
$$;
select is_empty('select * from tried where pg_temp.is_taken(name, value) <> good', 'values that readers can use are taken, others refused');
select pg_temp.is_refused($$ update public.settings set value = '1' where name = 'on_member_failure' $$, 400, 'invalid_setting', 'with a code');

select * from finish();
rollback;
