create or replace function internal.webhook_payload(p_text text) returns jsonb
language sql immutable set search_path = ''
as $$
  -- Slack reads <...> as a link or a call for everybody.
  select jsonb_build_object('text', replace(replace(replace(left(p_text, 3000), '&', '&amp;'), '<', '&lt;'), '>', '&gt;'))
$$;
comment on function internal.webhook_payload(text) is 'A text as the body of a webhook that speaks Slack''s JSON, at most 3,000 characters of it.';
revoke execute on function internal.webhook_payload(text) from public;
