create or replace function public.forget_series(p_symbol text, p_timeframe text) returns bigint
language plpgsql security definer set search_path = ''
as $$
declare
  v_symbol_id bigint;
  v_deleted bigint;
begin
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol_id is null then
    perform internal.refuse(404, 'unknown_symbol', format('There is no symbol %s', p_symbol));
  end if;
  if p_timeframe is distinct from '1D' and p_timeframe is distinct from '4h' then
    perform internal.refuse(400, 'invalid_timeframe', format('%s is not 1D or 4h', p_timeframe));
  end if;
  delete from public.bar_gaps g where g.symbol_id = v_symbol_id and g.timeframe = p_timeframe;
  -- Bars of 8h are made of those of 4h.
  delete from public.bars b
  where b.symbol_id = v_symbol_id
    and (b.timeframe = p_timeframe or (p_timeframe = '4h' and b.timeframe = '8h'));
  get diagnostics v_deleted = row_count;
  return v_deleted;
end
$$;
comment on function public.forget_series(text, text) is
  'Deletes a symbol''s bars of one timeframe (with 4h those of 8h), so that another provider''s may take their place; returns how many. '
  'What was forecast from them stays. Raises unknown_symbol, invalid_timeframe.';
revoke execute on function public.forget_series(text, text) from public, anon, authenticated;
grant execute on function public.forget_series(text, text) to service_role;
