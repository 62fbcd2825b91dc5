create or replace function internal.tick_plan(p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
begin
  -- Somebody plans already: there is nothing to wait for.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.plan_work')) then
    return jsonb_build_object('busy', true);
  end if;
  return public.plan_work();
end
$$;
comment on function internal.tick_plan(timestamptz) is 'Tick plan: plans the work that is missing.';
revoke execute on function internal.tick_plan(timestamptz) from public;
