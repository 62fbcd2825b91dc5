create or replace function internal.check_market_data_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_value jsonb := new.value;
  v_good boolean := true;
begin
  case new.name
    when 'market_data' then
      v_good := v_value = '{"provider": "csv"}' or v_value ->> 'provider' <> 'cboe' and internal.is_bar_source(v_value);
    when 'covariate_sources' then
      v_good := jsonb_typeof(v_value) = 'object' and coalesce((
        select bool_and(m.key ~ '^[A-Z0-9][A-Z0-9._-]{0,15}$' and internal.is_bar_source(m.value))
        from jsonb_each(case when jsonb_typeof(v_value) = 'object' then v_value end) m), true);
    when 'largest_move' then
      v_good := jsonb_typeof(v_value) = 'object' and v_value ? 'default'
        and (
          select bool_and(
            (m.key = 'default' or m.key ~ '^[A-Z0-9][A-Z0-9._-]{0,15}$')
            and jsonb_typeof(m.value) = 'number'
            and case when jsonb_typeof(m.value) = 'number' then m.value::numeric > 1 and m.value::numeric <= 10000 end)
          from jsonb_each(case when jsonb_typeof(v_value) = 'object' then v_value end) m);
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_market_data_setting() is
  'Trigger: refuses a value of market_data, covariate_sources or largest_move that its readers could not use (invalid_setting).';
revoke execute on function internal.check_market_data_setting() from public;

create trigger settings_check_market_data before insert or update on public.settings
for each row execute function internal.check_market_data_setting();
