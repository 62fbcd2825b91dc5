create or replace function internal.note_watched(p_rollout_id bigint, p_until timestamptz) returns void
language sql set search_path = ''
as $$
  -- Nobody is waited for: whoever decides on the rollout holds its row, and the next look then begins where this one did.
  update public.rollouts set watched_until = p_until
  where id = (select r.id from public.rollouts r where r.id = p_rollout_id for no key update skip locked)
$$;
comment on function internal.note_watched(bigint, timestamptz) is 'Notes up to when a rollout was watched, unless somebody is deciding on it.';
revoke execute on function internal.note_watched(bigint, timestamptz) from public;
