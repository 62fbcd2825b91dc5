-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- foundation/access.sql
-- Who may do what. Everything is closed first; each object's file opens what it needs.
--
-- anon           nothing
-- authenticated  reads tables and views
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

-- foundation/functions/delete_batches.sql
create or replace function internal.delete_batches(p_table regclass, p_condition text, p_rows integer, p_batches integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_deleted integer;
  v_total integer := 0;
begin
  for i in 1 .. p_batches loop
    execute format('delete from %1$s where ctid in (select ctid from %1$s where %2$s limit %3$s)', p_table, p_condition, p_rows);
    get diagnostics v_deleted = row_count;
    v_total := v_total + v_deleted;
    exit when v_deleted < p_rows;
  end loop;
  return v_total;
end
$$;
comment on function internal.delete_batches(regclass, text, integer, integer) is
  'Deletes the rows of a table that a condition (SQL of our own, never of a caller) names, p_rows at a time, p_batches times at most; '
  'returns how many.';
revoke execute on function internal.delete_batches(regclass, text, integer, integer) from public;

-- foundation/functions/new_york_time.sql
create or replace function internal.new_york_time(p_date date, p_time time) returns timestamptz
language sql stable set search_path = ''
as $$
  select (p_date + p_time) at time zone 'America/New_York'
$$;
comment on function internal.new_york_time(date, time) is
  'A time of day on New York''s clocks as an instant. Of the hour that is there twice in autumn the second one; of the hour that is not '
  'there in spring the one after it.';
revoke execute on function internal.new_york_time(date, time) from public;

-- foundation/functions/refuse.sql
create or replace function internal.refuse(p_status integer, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
begin
  raise exception using errcode = format('PT%s', p_status), message = p_message, detail = p_code;
end
$$;
comment on function internal.refuse(integer, text, text) is
  'Ends the transaction with an HTTP status (as PostgREST reads SQLSTATE PTnnn); the error''s detail is the code for programs.';
revoke execute on function internal.refuse(integer, text, text) from public;

-- foundation/functions/require_actor.sql
create or replace function internal.require_actor(p_actor text) returns text
language plpgsql stable set search_path = ''
as $$
begin
  if coalesce(btrim(p_actor), '') = '' or length(btrim(p_actor)) > 200 or lower(btrim(p_actor)) = 'automatic'
    or p_actor ~ '[[:cntrl:]]' then
    perform internal.refuse(400, 'no_actor', format(
      'A decision needs the name of who takes it, on one line of 1 to 200 characters and not automatic, not "%s"', left(p_actor, 250)));
  end if;
  return btrim(p_actor);
end
$$;
comment on function internal.require_actor(text) is 'The name of who decides, without blanks around it; raises no_actor.';
revoke execute on function internal.require_actor(text) from public;

-- foundation/functions/require_reason.sql
create or replace function internal.require_reason(p_reason text) returns text
language plpgsql stable set search_path = ''
as $$
begin
  if coalesce(p_reason, '') !~ '[^[:space:]]' then
    perform internal.refuse(400, 'no_reason', 'This needs its reason: it is what the log of the rollout will say');
  end if;
  return btrim(p_reason);
end
$$;
comment on function internal.require_reason(text) is 'The reason of a decision, without blanks around it; raises no_reason.';
revoke execute on function internal.require_reason(text) from public;

-- foundation/functions/touch_updated_at.sql
create or replace function internal.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function internal.touch_updated_at() is 'Trigger: sets updated_at to the transaction''s time on every update.';
revoke execute on function internal.touch_updated_at() from public;

-- foundation/functions/utc_text.sql
create or replace function internal.utc_text(p_at timestamptz) returns text
language sql stable set search_path = ''
as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
$$;
comment on function internal.utc_text(timestamptz) is 'A moment in words, to the second, in UTC.';
revoke execute on function internal.utc_text(timestamptz) from public;
