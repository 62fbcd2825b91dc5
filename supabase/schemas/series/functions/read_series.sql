create or replace function public.read_series(
  p_symbol text,
  p_timeframe text,
  p_offset bigint default 0,
  p_limit bigint default null
) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'symbol', p_symbol,
    'timeframe', p_timeframe,
    'times', coalesce(jsonb_agg(
      to_char(b.bar_time at time zone 'UTC',
        case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI:SS"Z"' end)
      order by b.bar_time), '[]'),
    'open', coalesce(jsonb_agg(b.open order by b.bar_time), '[]'),
    'high', coalesce(jsonb_agg(b.high order by b.bar_time), '[]'),
    'low', coalesce(jsonb_agg(b.low order by b.bar_time), '[]'),
    'close', coalesce(jsonb_agg(b.close order by b.bar_time), '[]'),
    'volume', coalesce(jsonb_agg(b.volume order by b.bar_time), '[]'))
  from (
    select x.bar_time, x.open, x.high, x.low, x.close, x.volume
    from public.bars x
    join public.symbols s on s.id = x.symbol_id
    where s.symbol = p_symbol and x.timeframe = p_timeframe
    order by x.bar_time
    offset p_offset
    limit p_limit
  ) b
$$;
comment on function public.read_series(text, text, bigint, bigint) is
  'Bars of one symbol by column, oldest first, from ordinal p_offset (0 is the first): one row, whatever the number of bars.';
revoke execute on function public.read_series(text, text, bigint, bigint) from public, anon, authenticated;
grant execute on function public.read_series(text, text, bigint, bigint) to service_role;
