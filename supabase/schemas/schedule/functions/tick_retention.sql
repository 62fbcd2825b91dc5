create or replace function internal.tick_retention(p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.purge(p_now)
$$;
comment on function internal.tick_retention(timestamptz) is 'Tick retention: goes on with what slot purge had no time for.';
revoke execute on function internal.tick_retention(timestamptz) from public;
