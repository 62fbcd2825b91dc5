create or replace function public.write_secrets(p_secrets jsonb, p_actor text, p_dry_run boolean default false) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_secret record;
  v_outcomes jsonb := '{}';
  v_changed jsonb;
begin
  if jsonb_typeof(p_secrets) is distinct from 'object' then
    perform internal.refuse(400, 'invalid_input', 'The secrets are given as an object: {name: value}');
  end if;
  -- Two at once would both create what is not there.
  perform pg_advisory_xact_lock(hashtext('plumbline.write_secrets'));
  for v_secret in
    select g.key as name, g.value #>> '{}' as value, s.id, s.decrypted_secret as stored,
      case g.key
        when 'project_url' then g.value #>> '{}' ~ '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$'
        when 'cron_secret_key' then g.value #>> '{}' ~ '^[!-~]{8,}$' and length(g.value #>> '{}') <= 512
        when 'alert_webhook_url' then internal.is_webhook_address(g.value #>> '{}')
      end as is_valid
    from jsonb_each(p_secrets) g
    left join vault.decrypted_secrets s on s.name = g.key
    order by g.key
  loop
    if v_secret.name not in ('project_url', 'cron_secret_key', 'alert_webhook_url') then
      perform internal.refuse(400, 'unknown_secret', format(
        '%s is no secret of Plumbline''s: use project_url, cron_secret_key or alert_webhook_url', left(quote_ident(v_secret.name), 60)));
    elsif v_secret.is_valid is distinct from true then
      -- Never the value, not even a wrong one.
      perform internal.refuse(400, 'invalid_secret', case v_secret.name
        when 'project_url' then 'project_url is not the address of a project: https://, a host and no path, such as https://REF.supabase.co'
        when 'cron_secret_key' then 'cron_secret_key is not a key: it takes 8 to 512 visible ASCII characters'
        else 'alert_webhook_url is not the address of a webhook: it begins with https://' end);
    end if;
    v_outcomes := v_outcomes || jsonb_build_object(v_secret.name, case
      when v_secret.id is null then 'created' when v_secret.stored is distinct from v_secret.value then 'updated' else 'unchanged' end);
    if p_dry_run or v_outcomes ->> v_secret.name = 'unchanged' then
      continue;
    elsif v_secret.id is null then
      perform vault.create_secret(v_secret.value, v_secret.name);
    else
      perform vault.update_secret(v_secret.id, v_secret.value);
    end if;
  end loop;

  select jsonb_object_agg(o.key, o.value) into v_changed from jsonb_each(v_outcomes) o where o.value <> '"unchanged"';
  if v_changed is not null and not p_dry_run then
    perform internal.add_rollout_event(null, 'secrets_written', v_actor, format('Vault secrets were written: %s', (
      select string_agg(format('%s (%s)', c.key, c.value), ', ' order by c.key) from jsonb_each_text(v_changed) c)), v_changed);
  end if;
  return v_outcomes;
end
$$;
comment on function public.write_secrets(jsonb, text, boolean) is
  'Writes what the schedule needs to Vault: {project_url, cron_secret_key, alert_webhook_url}, each as it is given, and an event with their '
  'names. Returns by name what became of each: created, updated or unchanged; with p_dry_run what would. No value is ever returned or '
  'named in an error. Raises no_actor, invalid_input, unknown_secret, invalid_secret.';
revoke execute on function public.write_secrets(jsonb, text, boolean) from public, anon, authenticated;
grant execute on function public.write_secrets(jsonb, text, boolean) to service_role;
