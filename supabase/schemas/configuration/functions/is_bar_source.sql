create or replace function internal.is_bar_source(p_value jsonb) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  if jsonb_typeof(p_value) <> 'object' or (case p_value ->> 'provider'
    when 'alpaca' then p_value - array['provider', 'feed', 'adjustment', 'first_date'] = '{}'
      and p_value -> 'feed' in ('"iex"', '"sip"')
      and p_value -> 'adjustment' in ('"raw"', '"split"', '"dividend"', '"all"')
    when 'tiingo' then p_value - array['provider', 'adjustment', 'first_date'] = '{}'
      and p_value -> 'adjustment' in ('"raw"', '"all"')
    when 'cboe' then p_value - array['provider', 'first_date'] = '{}'
  end) is not true then
    return false;
  end if;
  if not p_value ? 'first_date' then
    return true;
  end if;
  if jsonb_typeof(p_value -> 'first_date') <> 'string' or p_value ->> 'first_date' !~ '^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$' then
    return false;
  end if;
  perform (p_value ->> 'first_date')::date;
  return true;
exception when datetime_field_overflow then
  return false;
end
$$;
comment on function internal.is_bar_source(jsonb) is
  'Whether a value names a provider that scheduled ingestion may ask, with what it needs: {provider: alpaca, tiingo or cboe, ..., first_date}.';
revoke execute on function internal.is_bar_source(jsonb) from public;
