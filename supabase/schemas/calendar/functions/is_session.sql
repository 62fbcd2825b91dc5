create or replace function internal.is_session(p_date date) returns boolean
language sql stable set search_path = ''
as $$
  select internal.closed_because(p_date) is null
$$;
comment on function internal.is_session(date) is 'Whether New York trades on a date. Raises calendar_ends.';
revoke execute on function internal.is_session(date) from public;
