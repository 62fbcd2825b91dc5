create or replace function internal.lacking_bars(p_symbol_id bigint, p_timeframe text, p_times timestamptz[]) returns text
language sql stable set search_path = ''
as $$
  select case when count(*) > 0 then format('%s of %s stored bars (%s%s, from %s to %s)',
    count(*), (select s.bars from public.bar_series s where s.symbol_id = p_symbol_id and s.timeframe = p_timeframe),
    string_agg(l.name, ', ' order by l.bar_time) filter (where l.place <= 5),
    case when count(*) > 5 then format(' and %s more', count(*) - 5) else '' end,
    min(l.name), max(l.name)) end
  from (
    select x.bar_time, row_number() over (order by x.bar_time) as place,
      to_char(x.bar_time at time zone 'UTC', case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD HH24:MI' end) as name
    from (
      -- Never a nested loop, whatever the planner expects.
      select b.bar_time from public.bars b where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe
      except
      select i.bar_time from unnest(p_times) i(bar_time)
    ) x
  ) l
$$;
comment on function internal.lacking_bars(bigint, text, timestamptz[]) is
  'Which stored bars are not among p_times, in words: how many of how many, the first five and the span; null when none is lacking.';
revoke execute on function internal.lacking_bars(bigint, text, timestamptz[]) from public;
