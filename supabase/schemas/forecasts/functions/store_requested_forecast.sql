create or replace function public.store_requested_forecast(p_artifact_id bigint, p_row jsonb, p_restated_at timestamptz default null) returns bigint
language plpgsql security definer set search_path = ''
as $$
begin
  if internal.lock_restated_at(p_row ->> 'symbol', p_row ->> 'horizon') is distinct from p_restated_at and p_restated_at is not null then
    perform internal.refuse(409, 'series_changed', format(
      'The bars of %s were restated while its %s forecast was made: nothing was stored. Ask again', p_row ->> 'symbol', p_row ->> 'horizon'));
  end if;
  return internal.store_forecast(null, p_artifact_id, p_row);
end
$$;
comment on function public.store_requested_forecast(bigint, jsonb, timestamptz) is
  'Stores a forecast made on request from an artifact; the first one for a cutoff and configuration stands. p_restated_at: restated_at of the bars '
  '(forecast_state) before they were read. Returns its id. Raises series_changed where they were restated since.';
revoke execute on function public.store_requested_forecast(bigint, jsonb, timestamptz) from public, anon, authenticated;
grant execute on function public.store_requested_forecast(bigint, jsonb, timestamptz) to service_role;
