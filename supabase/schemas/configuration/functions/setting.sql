create or replace function internal.setting(p_name text) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_value jsonb;
begin
  select s.value into v_value from public.settings s where s.name = p_name;
  if v_value is null then
    perform internal.refuse(500, 'missing_setting', format('The table settings has no row named %s', p_name));
  end if;
  return v_value;
end
$$;
comment on function internal.setting(text) is 'A setting''s value; raises missing_setting when there is no such row.';
revoke execute on function internal.setting(text) from public;
