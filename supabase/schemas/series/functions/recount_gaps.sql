create or replace function internal.recount_gaps(p_symbol_id bigint) returns void
language plpgsql set search_path = ''
as $$
declare
  v_series public.bar_series;
begin
  -- Who stores bars of it comes before or after, and not between.
  perform from public.symbols s where s.id = p_symbol_id for no key update;
  for v_series in select b.* from public.bar_series b where b.symbol_id = p_symbol_id order by b.timeframe loop
    perform internal.note_gaps(p_symbol_id, v_series.timeframe, v_series.first_bar_time, v_series.last_bar_time);
  end loop;
end
$$;
comment on function internal.recount_gaps(bigint) is 'Keeps bar_gaps of all bars of a symbol: its calendar is another one, or says something else.';
revoke execute on function internal.recount_gaps(bigint) from public;
