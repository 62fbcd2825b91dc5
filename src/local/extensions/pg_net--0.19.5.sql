-- A stand-in for pg_net 0.19: same schema, functions, columns and privileges. The real extension sends from a background
-- worker written in C; here src/local/net-sender.ts takes the queue after commit.
\echo Use "create extension pg_net" to load this file. \quit

create schema net;

create domain net.http_method as text
  check (value ilike 'get' or value ilike 'post' or value ilike 'delete');

create unlogged table net.http_request_queue (
  id bigserial not null,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds int not null
);
comment on table net.http_request_queue is 'Requests that wait to be sent or are under way. A row is gone when its batch was answered; what failed is sent again.';

create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out bool,
  error_msg text,
  created timestamptz not null default now()
);
comment on table net._http_response is 'Responses of the last six hours.';
create index _http_response_created_idx on net._http_response (created);

-- The notification leaves at commit, and never for a transaction that is rolled back.
create function net._wake() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform pg_catalog.pg_notify('pg_net_wake', '');
  return null;
end
$$;

create trigger wake_sender
  after insert on net.http_request_queue
  for each statement execute function net._wake();

create function net._urlencode_string(string varchar) returns text
  language sql immutable strict
  set search_path = ''
as $$
  select coalesce(string_agg(
    case
      when c ~ '[A-Za-z0-9_.~-]' then c
      else regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')), '(..)', '%\1', 'g')
    end, '' order by position), '')
  from regexp_split_to_table(string, '') with ordinality as t(c, position)
$$;

-- The real one has libcurl take the address apart: with a scheme that it knows, a host, and no blanks.
create function net._encode_url_with_params(url text, params jsonb) returns text
  language plpgsql immutable
  set search_path = ''
as $$
declare
  query text;
begin
  if url !~* '^https?://[^\s/?#:]+(:[0-9]{1,5})?([/?#]\S*)?$' then
    raise exception 'URL using bad/illegal format or missing URL';
  end if;
  select string_agg(net._urlencode_string(p.key) || '=' || net._urlencode_string(coalesce(p.value, '')), '&') into query
  from jsonb_each_text(coalesce(params, '{}'::jsonb)) p;
  return case
    when query is null then url
    when strpos(url, '?') > 0 then url || '&' || query
    else url || '?' || query
  end;
end
$$;

create function net.http_get(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds int default 5000
) returns bigint
  language plpgsql strict volatile
  set search_path = ''
as $$
declare
  request_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
  values ('GET', net._encode_url_with_params(url, params), headers, timeout_milliseconds)
  returning id into request_id;
  return request_id;
end
$$;
comment on function net.http_get(text, jsonb, jsonb, int) is 'Queues a GET request; returns its id.';

create function net.http_delete(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds int default 5000,
  body jsonb default null
) returns bigint
  language plpgsql volatile
  set search_path = ''
as $$
declare
  request_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'DELETE', net._encode_url_with_params(url, params), headers,
    case when body is null then null else convert_to(body::text, 'UTF8') end, timeout_milliseconds
  )
  returning id into request_id;
  return request_id;
end
$$;
comment on function net.http_delete(text, jsonb, jsonb, int, jsonb) is 'Queues a DELETE request; returns its id.';

create function net.http_post(
  url text,
  body jsonb default '{}'::jsonb,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{"Content-Type": "application/json"}'::jsonb,
  timeout_milliseconds int default 5000
) returns bigint
  language plpgsql volatile
  set search_path = ''
as $$
declare
  request_id bigint;
  content_type text;
begin
  select header_value into content_type
  from jsonb_each_text(coalesce(headers, '{}'::jsonb)) as h(header_name, header_value)
  where lower(header_name) = 'content-type'
  limit 1;

  if content_type is null then
    headers := coalesce(headers, '{}'::jsonb) || '{"Content-Type": "application/json"}'::jsonb;
  elsif content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  if body is null then
    raise exception 'body must not be null';
  end if;

  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'POST', net._encode_url_with_params(url, params), headers, convert_to(body::text, 'UTF8'), timeout_milliseconds
  )
  returning id into request_id;
  return request_id;
end
$$;
comment on function net.http_post(text, jsonb, jsonb, jsonb, int) is 'Queues a POST request with a JSON body; returns its id.';

create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (status net.request_status, message text, response net.http_response);

create function net._http_collect_response(request_id bigint, async bool default true)
  returns net.http_response_result
  language plpgsql strict volatile
  set search_path = ''
as $$
declare
  rec net._http_response;
begin
  loop
    select * into rec from net._http_response where id = request_id;
    exit when found or async;
    perform pg_sleep(0.05);
  end loop;

  if rec.id is null then
    return ('PENDING', 'request is pending processing', null)::net.http_response_result;
  end if;
  if rec.error_msg is not null then
    return ('ERROR', rec.error_msg, null)::net.http_response_result;
  end if;
  return ('SUCCESS', 'ok', (rec.status_code, rec.headers, rec.content)::net.http_response)::net.http_response_result;
end
$$;

-- As the real extension does since 0.8: the schema is not exposed by the Data API, so this reaches SQL only.
grant usage on schema net to public;
grant all on all sequences in schema net to public;
grant all on all tables in schema net to public;
