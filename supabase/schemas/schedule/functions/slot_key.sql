create or replace function internal.slot_key(p_date date, p_time time) returns text
language sql immutable set search_path = ''
as $$
  select format('slot:%s:%s', p_date, to_char(p_time, 'HH24:MI'))
$$;
comment on function internal.slot_key(date, time) is 'The key under which a slot plans a run: once a date and time.';
revoke execute on function internal.slot_key(date, time) from public;
