create or replace function internal.lock_restated_at(p_symbol text, p_horizon text) returns timestamptz
language plpgsql set search_path = ''
as $$
begin
  -- Whoever restates the bars at this moment comes before, and is seen, or after, and finds what is stored in this transaction.
  perform from public.symbols s where s.symbol = p_symbol for share;
  return (
    select b.restated_at
    from public.symbols s
    join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
    where s.symbol = p_symbol);
end
$$;
comment on function internal.lock_restated_at(text, text) is
  'restated_at of the bars (bar_series) that a horizon is forecast from, which stays until this transaction ends; null without bars. What was made of '
  'them is stored only if it is what it was before they were read.';
revoke execute on function internal.lock_restated_at(text, text) from public;
