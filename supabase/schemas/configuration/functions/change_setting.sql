create or replace function public.change_setting(p_name text, p_value jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update public.settings set value = p_value where name = p_name;
  if not found then
    perform internal.refuse(404, 'unknown_setting', format('There is no setting named %s', p_name));
  end if;
  return jsonb_build_object('name', p_name, 'value', p_value);
end
$$;
comment on function public.change_setting(text, jsonb) is 'Changes one setting; raises unknown_setting, invalid_setting.';
revoke execute on function public.change_setting(text, jsonb) from public, anon, authenticated;
grant execute on function public.change_setting(text, jsonb) to service_role;
