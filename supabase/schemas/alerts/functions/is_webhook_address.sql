create or replace function internal.is_webhook_address(p_address text) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(p_address ~ '^(https://[A-Za-z0-9\[]|http://127\.0\.0\.1(:[0-9]{1,5})?(/|$))[^[:space:][:cntrl:]]*$', false)
$$;
comment on function internal.is_webhook_address(text) is 'Whether alerts may be sent to an address: by https, or on the machine itself (http://127.0.0.1).';
revoke execute on function internal.is_webhook_address(text) from public;
