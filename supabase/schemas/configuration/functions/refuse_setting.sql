create or replace function internal.refuse_setting(p_setting public.settings) returns void
language plpgsql set search_path = ''
as $$
begin
  perform internal.refuse(400, 'invalid_setting', format('%s cannot be %s. %s', p_setting.name, p_setting.value,
    rtrim(p_setting.description, '.')));
end
$$;
comment on function internal.refuse_setting(public.settings) is
  'Refuses the value of a setting (invalid_setting), quoting the description, which says what it may be.';
revoke execute on function internal.refuse_setting(public.settings) from public;
