create or replace function internal.request_function(p_function text) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_url text;
  v_key text;
  v_id bigint;
begin
  select s.decrypted_secret into v_url from vault.decrypted_secrets s where s.name = 'project_url';
  select s.decrypted_secret into v_key from vault.decrypted_secrets s where s.name = 'cron_secret_key';
  if v_url is null or v_key is null then
    -- Not an error: the caller's own effect must stand, and the next tick tries again.
    raise warning 'no request to %: project_url or cron_secret_key is missing in Vault', p_function;
    insert into public.worker_requests (function_name, response_error)
    values (p_function, 'not sent: project_url or cron_secret_key is missing in Vault');
    return false;
  end if;
  v_id := net.http_post(
    url := v_url || '/functions/v1/' || p_function,
    body := '{}'::jsonb,
    headers := jsonb_build_object('apikey', v_key, 'content-type', 'application/json'),
    timeout_milliseconds := 60000);
  insert into public.worker_requests (function_name, net_request_id) values (p_function, v_id);
  return true;
end
$$;
comment on function internal.request_function(text) is
  'Asks for one run of an Edge Function after commit, with the secret key named cron, and records it; false when Vault lacks what it takes.';
revoke execute on function internal.request_function(text) from public;
