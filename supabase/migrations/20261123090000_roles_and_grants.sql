-- Who may do what. Everything is closed first; each later migration opens what its objects need.
--
-- anon           nothing
-- authenticated  reads tables and views
-- service_role   reads, and writes through SQL functions (rpc) only
-- postgres       owns everything; cron runs as postgres

create extension if not exists pg_net with schema extensions;
create extension if not exists pg_cron;
create extension if not exists supabase_vault;

-- Functions that are not part of the API: the Data API exposes `public`, never this schema.
create schema if not exists internal;
comment on schema internal is 'SQL functions that cron, triggers and rpc call; not reachable through the Data API.';
revoke all on schema internal from public;

-- A project's defaults grant every new table and function in public to the API roles; ours are granted one by one.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke execute on functions from anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;

grant usage on schema public to anon, authenticated, service_role;

create function internal.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function internal.touch_updated_at() is 'Trigger: sets updated_at to the transaction''s time on every update.';

create function internal.refuse(p_status integer, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
begin
  raise exception using errcode = format('PT%s', p_status), message = p_message, detail = p_code;
end
$$;
comment on function internal.refuse(integer, text, text) is
  'Ends the transaction with an HTTP status (as PostgREST reads SQLSTATE PTnnn); the error''s detail is the code for programs.';
