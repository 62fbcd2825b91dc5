create or replace function internal.tick_dispatch(p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('workers', public.dispatch_workers())
$$;
comment on function internal.tick_dispatch(timestamptz) is 'Tick dispatch: asks for workers for the jobs that wait.';
revoke execute on function internal.tick_dispatch(timestamptz) from public;
