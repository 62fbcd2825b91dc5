create or replace function public.seed_ensemble(p_ensemble text, p_configuration jsonb, p_config_hash text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from public.ensembles e where e.ensemble = p_ensemble) then
    perform internal.store_configuration(p_config_hash, p_configuration);
    insert into public.ensembles (ensemble, config_hash) values (p_ensemble, p_config_hash) on conflict (ensemble) do nothing;
  end if;
  return (
    select jsonb_build_object('ensemble', e.ensemble, 'configuration', c.configuration, 'config_hash', e.config_hash)
    from public.ensembles e
    join public.configurations c on c.config_hash = e.config_hash
    where e.ensemble = p_ensemble
  );
end
$$;
comment on function public.seed_ensemble(text, jsonb, text) is
  'Stores an ensemble''s configuration if there is none yet, and returns the one in force: the database wins over the environment. '
  'Raises hash_taken when the hash names another configuration.';
revoke execute on function public.seed_ensemble(text, jsonb, text) from public, anon, authenticated;
grant execute on function public.seed_ensemble(text, jsonb, text) to service_role;
