create or replace function public.ingestion_state(p_symbol text, p_timeframe text, p_overlap integer) returns jsonb
language sql stable security definer set search_path = ''
as $$
  with series as (
    select b.* from public.bar_series b join public.symbols s on s.id = b.symbol_id
    where s.symbol = p_symbol and b.timeframe = p_timeframe
  ), formatted as (
    select to_char(x.bar_time at time zone 'UTC',
      case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI:SS"Z"' end) as bar_time
    from public.bars x join public.symbols s on s.id = x.symbol_id
    where s.symbol = p_symbol and x.timeframe = p_timeframe
    order by x.bar_time desc limit p_overlap
  )
  select jsonb_build_object(
    'stored', coalesce((select x.bars from series x), 0),
    'source', (select jsonb_build_object('provider', x.provider, 'feed', x.feed, 'adjustment', x.adjustment) from series x),
    'first', (select to_char(x.first_bar_time at time zone 'UTC', 'YYYY-MM-DD') from series x),
    'overlap', (select coalesce(jsonb_agg(f.bar_time order by f.bar_time), '[]') from formatted f))
$$;
comment on function public.ingestion_state(text, text, integer) is
  'What an ingestion goes on from: how many bars are stored and from where, the date of the first, and the times of the last p_overlap.';
revoke execute on function public.ingestion_state(text, text, integer) from public, anon, authenticated;
grant execute on function public.ingestion_state(text, text, integer) to service_role;
