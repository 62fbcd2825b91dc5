create or replace function public.set_calendar(p_symbol text, p_calendar text, p_actor text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_symbol public.symbols;
  v_result jsonb;
begin
  perform internal.require_calendar(p_calendar);
  select s.* into v_symbol from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol.id is null then
    perform internal.refuse(404, 'unknown_symbol', format('There is no symbol %s', quote_nullable(left(p_symbol, 40))));
  elsif p_calendar <> 'XNYS' and (v_symbol.horizons <> '{1D}'
    or exists (select from public.bar_series b where b.symbol_id = v_symbol.id and b.timeframe <> '1D')) then
    perform internal.refuse(409, 'half_sessions_are_new_yorks', format(
      '%s has half sessions (4h, 8h), which are New York''s: its calendar stays XNYS. Upload its daily bars under another symbol', p_symbol));
  end if;
  v_result := jsonb_build_object('symbol', p_symbol, 'calendar', p_calendar, 'was', v_symbol.calendar, 'changed', v_symbol.calendar <> p_calendar);
  if v_symbol.calendar = p_calendar then
    return v_result;
  end if;
  update public.symbols s set calendar = p_calendar where s.id = v_symbol.id;
  insert into public.calendar_changes (actor, calendar, symbol_id, figures) values (v_actor, p_calendar, v_symbol.id, v_result);
  -- What was made by the calendar before is for sessions that are none, or leaves some out.
  perform internal.recount_series(v_symbol.id, b.timeframe, true) from public.bar_series b where b.symbol_id = v_symbol.id;
  perform internal.plan_restated(array[v_symbol.id]);
  return v_result;
end
$$;
comment on function public.set_calendar(text, text, text) is
  'Gives a symbol its trading calendar: sessions, gaps, deadlines and scoring go by it from now on. Forecasts that were made by another one serve nobody '
  'any more, and new ones are planned. {symbol, calendar, was, changed}. Raises no_actor, '
  'unknown_calendar, unknown_symbol, half_sessions_are_new_yorks.';
revoke execute on function public.set_calendar(text, text, text) from public, anon, authenticated;
grant execute on function public.set_calendar(text, text, text) to service_role;
