create or replace function internal.is_configured() returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select from vault.decrypted_secrets s
    where s.name = 'project_url' and s.decrypted_secret <> ''
      -- The CLI's own words for a variable that is not set.
      and s.decrypted_secret not like 'env(%')
$$;
comment on function internal.is_configured() is
  'Whether Vault has project_url. Until it has, as on a preview branch, the schedule does nothing.';
revoke execute on function internal.is_configured() from public;
-- vw_run_health is read with its reader's rights and calls it; the schema itself stays closed.
grant execute on function internal.is_configured() to authenticated, service_role;
