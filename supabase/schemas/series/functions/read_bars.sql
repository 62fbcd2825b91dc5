-- How users read bars. Not the table: a symbol's bars could be asked for inside of other rows, and the Data API's max_rows counts those for
-- each row around them.
create or replace function public.read_bars(
  p_symbol text,
  p_timeframe text default '1D',
  p_before timestamptz default null,
  p_limit integer default 250
) returns table (
  bar_time timestamptz,
  open double precision,
  high double precision,
  low double precision,
  close double precision,
  volume double precision,
  provider text,
  feed text,
  adjustment text
)
language plpgsql stable security definer set search_path = ''
as $$
begin
  if p_limit is null or p_limit not between 1 and 1000 then
    perform internal.refuse(400, 'invalid_limit', format('The limit %s is not one of 1 to 1000: ask for fewer bars, and for those before them with p_before',
      coalesce(p_limit::text, 'null')));
  end if;
  return query
    select b.bar_time, b.open, b.high, b.low, b.close, b.volume, b.provider, b.feed, b.adjustment
    from public.symbols s
    join public.bars b on b.symbol_id = s.id
    where s.symbol = p_symbol and b.timeframe = p_timeframe and b.bar_time < coalesce(p_before, 'infinity')
    order by b.bar_time desc
    limit p_limit;
end
$$;
comment on function public.read_bars(text, text, timestamptz, integer) is
  'The latest p_limit bars (1 to 1000) of a symbol and timeframe, newest first, before p_before if given; none where there are none.';
revoke execute on function public.read_bars(text, text, timestamptz, integer) from public, anon;
grant execute on function public.read_bars(text, text, timestamptz, integer) to authenticated, service_role;
