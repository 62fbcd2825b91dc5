create or replace function internal.request_function(p_function text) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_url text;
  v_key text;
  v_request_id bigint;
  v_reason text;
begin
  insert into public.worker_requests (function_name, alive_until) values (p_function, now() + interval '20 seconds')
  returning id into v_request_id;
  begin
    select s.decrypted_secret into v_url from vault.decrypted_secrets s where s.name = 'project_url';
    select s.decrypted_secret into v_key from vault.decrypted_secrets s where s.name = 'cron_secret_key';
    if v_url is null or v_key is null then
      v_reason := 'project_url or cron_secret_key is missing in Vault';
    else
      update public.worker_requests
      set net_request_id = net.http_post(
        url := v_url || '/functions/v1/relay',
        body := jsonb_build_object('function', p_function, 'request', v_request_id),
        headers := jsonb_build_object('apikey', v_key, 'content-type', 'application/json'),
        timeout_milliseconds := 10000)
      where id = v_request_id;
    end if;
  exception when others then
    -- No Vault, no pg_net, an address that pg_net does not take.
    v_reason := sqlerrm;
  end;
  if v_reason is null then
    return true;
  end if;
  -- Not an error: the caller's own effect must stand, and the next tick tries again.
  raise warning 'no request to %: %', p_function, v_reason;
  update public.worker_requests set ended_at = now(), alive_until = null, response_error = left('not sent: ' || v_reason, 300)
  where id = v_request_id;
  return false;
end
$$;
comment on function internal.request_function(text) is
  'Asks for a worker after commit: the function relay, with the secret key named cron, calls the Edge Function as long as jobs wait for it. '
  'Records the request. Never raises: false when it could not be made, with the reason in worker_requests.';
revoke execute on function internal.request_function(text) from public;
