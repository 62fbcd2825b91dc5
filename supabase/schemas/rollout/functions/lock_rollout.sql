create or replace function internal.lock_rollout() returns public.rollouts
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts;
begin
  -- Of the whole matter and not of a row: a first deploy has no row yet.
  perform pg_advisory_xact_lock(hashtext('plumbline.rollout'));
  select r.* into v_rollout from public.rollouts r order by r.id desc limit 1 for no key update;
  return v_rollout;
end
$$;
comment on function internal.lock_rollout() is
  'The latest rollout, for a decision on it: until the transaction ends nobody else decides. Null when nothing was ever deployed.';
revoke execute on function internal.lock_rollout() from public;
