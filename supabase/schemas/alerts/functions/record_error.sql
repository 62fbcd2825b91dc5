create or replace function public.record_error(p_source text, p_code text, p_message text, p_details jsonb default '{}') returns bigint
language sql security definer set search_path = ''
as $$
  insert into public.errors (source, code, message, details)
  values (p_source, p_code, left(p_message, 2000), coalesce(p_details, '{}'))
  returning id
$$;
comment on function public.record_error(text, text, text, jsonb) is 'Records an error that nobody handled; returns its id.';
revoke execute on function public.record_error(text, text, text, jsonb) from public, anon, authenticated;
grant execute on function public.record_error(text, text, text, jsonb) to service_role;
