create or replace function internal.latest_rollout()
returns table (id bigint, status text, stage text, ended_because text, candidate_hash text)
language sql stable security definer rows 1 set search_path = ''
as $$
  select x.id, x.status, x.stage, x.ended_because, x.candidate_hash from public.rollouts x order by x.id desc limit 1
$$;
comment on function internal.latest_rollout() is
  'What decides who serves, of the latest rollout; no row before the first. Users read no rollouts, but current_forecasts goes by the latest.';
revoke execute on function internal.latest_rollout() from public;
-- vw_horizon_assignments is read with its reader's rights and calls it; the schema itself stays closed.
grant execute on function internal.latest_rollout() to authenticated, service_role;
