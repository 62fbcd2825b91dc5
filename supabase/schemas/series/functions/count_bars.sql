-- Where a moment lies in a series: what a fit reads of further symbols ends where its own series ends.
create or replace function public.count_bars(
  p_symbols text[],
  p_timeframe text,
  p_until timestamptz
) returns table (symbol text, bars bigint)
language sql stable security definer set search_path = ''
as $$
  select s.symbol, count(*)
  from public.symbols s
  join public.bars b on b.symbol_id = s.id
  where s.symbol = any (p_symbols) and b.timeframe = p_timeframe and b.bar_time <= p_until
  group by s.symbol
$$;
comment on function public.count_bars(text[], text, timestamptz) is
  'How many bars each symbol has up to p_until, that moment included; a symbol without any is not among them.';
revoke execute on function public.count_bars(text[], text, timestamptz) from public, anon, authenticated;
grant execute on function public.count_bars(text[], text, timestamptz) to service_role;
