create or replace function internal.timeframe_of(p_horizon text) returns text
language sql immutable set search_path = ''
as $$
  select p_horizon
$$;
comment on function internal.timeframe_of(text) is
  'The timeframe of the bars that a horizon is forecast from, one bar ahead: each has its own.';
revoke execute on function internal.timeframe_of(text) from public;
-- Views that are read with their reader's rights call it; the schema itself stays closed.
grant execute on function internal.timeframe_of(text) to authenticated, service_role;
