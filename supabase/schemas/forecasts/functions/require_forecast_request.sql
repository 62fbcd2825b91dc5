create or replace function internal.require_forecast_request(p_symbols text[], p_horizon text, p_requested_by uuid) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_unserved text;
  v_unknown text;
  v_inactive text;
begin
  if internal.window_sizes(p_horizon) is null then
    perform internal.refuse(400, 'unsupported_horizon', format('Horizon %s is not offered; offered: %s', p_horizon,
      (select string_agg(o.name, ', ' order by o.name) from jsonb_object_keys(internal.setting('window_sizes')) o(name))));
  end if;
  if internal.setting('publishing_enabled') <> 'true' then
    perform internal.refuse(409, 'publishing_disabled', 'The kill switch is on: no forecast is made or published');
  end if;
  select string_agg(distinct s.symbol, ', ') into v_unserved
  from public.symbols s
  where s.symbol = any (p_symbols) and (internal.serving_ensemble(s.id, p_horizon)).ensemble is null;
  if v_unserved is not null then
    perform internal.refuse(409, 'no_ensemble', format('No active ensemble is configured that serves %s', v_unserved));
  end if;
  select string_agg(a.symbol, ', ') into v_unknown
  from unnest(p_symbols) a(symbol)
  where not exists (select from public.symbols s where s.symbol = a.symbol);
  if v_unknown is not null then
    perform internal.refuse(404, 'unknown_symbol', format('Not in the registry of symbols: %s', v_unknown));
  end if;
  if p_requested_by is not null then
    select string_agg(s.symbol, ', ' order by s.symbol) into v_inactive from public.symbols s where s.symbol = any (p_symbols) and not s.active;
    if v_inactive is not null then
      perform internal.refuse(409, 'inactive_symbol', format('Not active: %s. Users are given forecasts of active symbols', v_inactive));
    end if;
  end if;
end
$$;
comment on function internal.require_forecast_request(text[], text, uuid) is
  'Why no forecast is made on request: unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol; inactive_symbol where a user asks.';
revoke execute on function internal.require_forecast_request(text[], text, uuid) from public;
