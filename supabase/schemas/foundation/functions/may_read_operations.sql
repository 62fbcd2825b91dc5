create or replace function internal.may_read_operations() returns boolean
language sql stable set search_path = ''
as $$
  -- Who reads as another role has been let in by that role's rights.
  select current_user <> 'authenticated' or coalesce(auth.jwt() -> 'app_metadata' -> 'operator' = 'true', false)
$$;
comment on function internal.may_read_operations() is
  'Whether who reads may see operations: a signed-in user only with the claim app_metadata.operator, which is true in the token of a user '
  'whom the service role made an operator; users cannot write it. Policies and views ask within (select ...): once a statement, not once a row.';
revoke execute on function internal.may_read_operations() from public;
-- Policies and views that are read with their reader's rights call it; the schema itself stays closed.
grant execute on function internal.may_read_operations() to authenticated, service_role;
