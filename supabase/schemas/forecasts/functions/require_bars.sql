create or replace function internal.require_bars(p_symbol text, p_horizon text, p_bars bigint) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_shortage record;
  v_cutoff timestamptz;
begin
  select x.code, x.message into v_shortage
  from internal.forecast_shortages(array(select s.id from public.symbols s where s.symbol = p_symbol), p_horizon) x;
  if found then
    perform internal.refuse(422, v_shortage.code, v_shortage.message);
  end if;
  select b.last_bar_time into v_cutoff
  from public.bar_series b join public.symbols s on s.id = b.symbol_id
  where s.symbol = p_symbol and b.timeframe = internal.timeframe_of(p_horizon);
  if internal.not_issued_from(p_horizon, v_cutoff) then
    perform internal.refuse(422, 'no_eight_hours_ahead', format(
      'No %s forecast of %s is issued from the close of %s, a half day: two half sessions later the next session closes, which is 1D',
      p_horizon, p_symbol, (v_cutoff at time zone 'America/New_York')::date));
  end if;
end
$$;
comment on function internal.require_bars(text, text, bigint) is
  'Raises too_few_bars or too_short_span, with what is there and what is needed; no_eight_hours_ahead where the horizon does not begin.';
revoke execute on function internal.require_bars(text, text, bigint) from public;
