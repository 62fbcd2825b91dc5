create or replace function internal.largest_move(p_symbol text) returns double precision
language sql stable set search_path = ''
as $$
  select coalesce(m.value ->> p_symbol, m.value ->> 'default')::double precision
  from internal.setting('largest_move') m(value)
$$;
comment on function internal.largest_move(text) is 'The factor of the setting largest_move for a symbol.';
revoke execute on function internal.largest_move(text) from public;
