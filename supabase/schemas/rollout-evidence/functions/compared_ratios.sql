create or replace function internal.compared_ratios() returns double precision[]
language sql immutable set search_path = ''
as $$
  select array[0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.02, 1.05, 1.1, 1.25, 1.5, 2, 4]::double precision[]
$$;
comment on function internal.compared_ratios() is
  'The ratios for which forecast_pairs holds floors, ascending, the 6th is 1: those of the tests by the default rollout_criteria, and some to find bounds with. '
  'Twin: COMPARED_RATIOS (src/shared/rollout/comparison/compared-ratios.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.compared_ratios() from public;
