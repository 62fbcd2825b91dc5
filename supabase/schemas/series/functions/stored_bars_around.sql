-- Where an upload joins what is stored: the gate checks both together.
create or replace function public.stored_bars_around(
  p_symbol text,
  p_timeframe text,
  p_first timestamptz,
  p_last timestamptz,
  p_margin integer
) returns jsonb
language sql stable security definer set search_path = ''
as $$
  with series as (
    select b.symbol_id, b.timeframe, b.stored_at
    from public.symbols s
    join public.bar_series b on b.symbol_id = s.id and b.timeframe = p_timeframe
    where s.symbol = p_symbol
  ), around as (
    (select x.* from public.bars x join series s on s.symbol_id = x.symbol_id and s.timeframe = x.timeframe
     where x.bar_time < p_first order by x.bar_time desc limit p_margin)
    union all
    (select x.* from public.bars x join series s on s.symbol_id = x.symbol_id and s.timeframe = x.timeframe
     where x.bar_time between p_first and p_last)
    union all
    (select x.* from public.bars x join series s on s.symbol_id = x.symbol_id and s.timeframe = x.timeframe
     where x.bar_time > p_last order by x.bar_time limit p_margin)
  )
  select jsonb_build_object(
    'stored_at', (select s.stored_at from series s),
    'times', coalesce(jsonb_agg(
      to_char(b.bar_time at time zone 'UTC',
        case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI:SS"Z"' end)
      order by b.bar_time), '[]'),
    'open', coalesce(jsonb_agg(b.open order by b.bar_time), '[]'),
    'high', coalesce(jsonb_agg(b.high order by b.bar_time), '[]'),
    'low', coalesce(jsonb_agg(b.low order by b.bar_time), '[]'),
    'close', coalesce(jsonb_agg(b.close order by b.bar_time), '[]'),
    'volume', coalesce(jsonb_agg(b.volume order by b.bar_time), '[]'))
  from around b
$$;
comment on function public.stored_bars_around(text, text, timestamptz, timestamptz, integer) is
  'The stored bars from p_margin bars before p_first to p_margin bars after p_last, by column as read_series gives them, and stored_at, which '
  'ingest_bars takes as p_stored_at. stored_at is null, and the columns are empty, where nothing is stored.';
revoke execute on function public.stored_bars_around(text, text, timestamptz, timestamptz, integer) from public, anon, authenticated;
grant execute on function public.stored_bars_around(text, text, timestamptz, timestamptz, integer) to service_role;
