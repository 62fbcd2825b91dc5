create or replace function internal.store_configuration(p_config_hash text, p_configuration jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.configurations (config_hash, configuration) values (p_config_hash, p_configuration)
  on conflict (config_hash) do nothing;
  if not exists (
    select from public.configurations c where c.config_hash = p_config_hash and c.configuration = p_configuration) then
    perform internal.refuse(409, 'hash_taken', format(
      'Hash %s is that of another configuration: give this one a hash of its own, or change its seed', p_config_hash));
  end if;
end
$$;
comment on function internal.store_configuration(text, jsonb) is
  'Stores a configuration under its hash, unless it is there. Raises hash_taken when the hash names another one.';
revoke execute on function internal.store_configuration(text, jsonb) from public;
