create or replace function internal.utc_text(p_at timestamptz) returns text
language sql stable set search_path = ''
as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
$$;
comment on function internal.utc_text(timestamptz) is 'A moment in words, to the second, in UTC.';
revoke execute on function internal.utc_text(timestamptz) from public;
