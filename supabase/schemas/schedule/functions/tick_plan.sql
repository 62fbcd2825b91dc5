create or replace function internal.tick_plan(p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select public.plan_work()
$$;
comment on function internal.tick_plan(timestamptz) is 'Tick plan: plans the work that is missing.';
revoke execute on function internal.tick_plan(timestamptz) from public;
