begin;
\ir ../fixtures.psql
select plan(19);

select pg_temp.is_internal('internal.check_rollout_setting');
create function pg_temp.change(p_name text, p_value jsonb) returns boolean language plpgsql as $$
begin
  update public.settings set value = p_value where name = p_name;
  return true;
exception when sqlstate 'PT400' then return false;
end $$;
select is(pg_temp.change('rollout_stages', value || jsonb_build_object('canary', change)), good, 'rollout_stages ' || change::text)
from public.settings, (values
  ('{"days": 7, "horizons": ["1D"]}'::jsonb, true), ('{"days": 0.5, "horizons": ["4h", "8h"]}', true), ('{"days": -1, "horizons": ["1D"]}', false),
  ('{"days": 7, "horizons": []}', false), ('{"days": 7, "horizons": ["2D"]}', false), ('{"days": 7}', false), ('null', false)) v(change, good)
where name = 'rollout_stages';
select is(pg_temp.change('rollout_criteria', value || change), good, 'rollout_criteria ' || change::text) from public.settings, (values
  ('{"margin": 0.01}'::jsonb, true), ('{"margin": 0.2}', false), ('{"mean_divergence": 0.3}', false), ('{"confidence": 1}', false),
  ('{"minimum_sessions": 0}', false), ('{"critical_alerts_per_hour": 1.5}', false), ('{"health_ratio": 0.9}', false), ('{"more": 1}', false)) v(change, good)
where name = 'rollout_criteria';
select is(pg_temp.change('rollout_criteria', value - 'margin'), false, 'all of them') from public.settings where name = 'rollout_criteria';
select is(pg_temp.change('rollout_roles', '["ML", "QA"]') and not pg_temp.change('rollout_roles', '["!"]') and not pg_temp.change('rollout_roles', '"ML"'),
  true, 'rollout_roles are names');
select is(pg_temp.change('automatic_rollback', 'false') and not pg_temp.change('automatic_rollback', '1'), true, 'automatic_rollback is a boolean');

select * from finish();
rollback;
