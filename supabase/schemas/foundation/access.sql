-- Who may do what. Everything is closed first; each object's file opens what it needs.
--
-- anon           nothing
-- authenticated  reads what apps need; operations (runs, jobs, rollouts, ...) only with the claim app_metadata.operator
--                (internal.may_read_operations), bars only through read_bars
-- service_role   reads, and writes through SQL functions (rpc) only
-- postgres       owns everything; cron runs as postgres

-- A function may name tables and functions that are made after it.
set check_function_bodies = off;

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
