create or replace function public.store_requested_forecast(p_artifact_id bigint, p_row jsonb) returns bigint
language sql security definer set search_path = ''
as $$
  select internal.store_forecast(null, p_artifact_id, p_row)
$$;
comment on function public.store_requested_forecast(bigint, jsonb) is
  'Stores a forecast made on request from an artifact; the first one for a cutoff and configuration stands. Returns its id.';
revoke execute on function public.store_requested_forecast(bigint, jsonb) from public, anon, authenticated;
grant execute on function public.store_requested_forecast(bigint, jsonb) to service_role;
