create or replace function internal.note_gaps(p_symbol_id bigint, p_timeframe text, p_first timestamptz, p_last timestamptz) returns void
language plpgsql set search_path = '' set jit = off set enable_nestloop = off
as $$
declare
  v_series public.bar_series;
  v_symbol public.symbols;
  v_from timestamptz;
  v_until timestamptz;
  v_missing timestamptz[];
begin
  -- Bars of 8h are made of those of 4h, and lack what those lack.
  if p_timeframe not in ('1D', '4h') then
    return;
  end if;
  select b.* into v_series from public.bar_series b where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe;
  if v_series.bars is null then
    delete from public.bar_gaps g where g.symbol_id = p_symbol_id and g.timeframe = p_timeframe;
    return;
  end if;
  select s.* into v_symbol from public.symbols s where s.id = p_symbol_id;
  -- From the bar before to the bar after what changed: nothing else of the series is looked at.
  select max(b.bar_time) into v_from from public.bars b
  where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe and b.bar_time < p_first;
  select min(b.bar_time) into v_until from public.bars b
  where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe and b.bar_time > p_last;
  v_from := coalesce(v_from, v_series.first_bar_time);
  v_until := coalesce(v_until, v_series.last_bar_time);

  -- Before the first bar and after the last one nothing is missing; what a provider was asked for and did not give, store_ingestion says.
  delete from public.bar_gaps g
  where g.symbol_id = p_symbol_id and g.timeframe = p_timeframe
    and (g.bar_time >= p_first and g.bar_time < v_series.first_bar_time or g.bar_time <= p_last and g.bar_time > v_series.last_bar_time);
  -- As sets, and in the function's settings no nested loop: of bars that have only just come the planner expects one.
  v_missing := array(
    select e.bar_time
    from internal.expected_bars(v_symbol.calendar, p_timeframe, (v_from at time zone 'UTC')::date, (v_until at time zone 'UTC')::date) e
    where e.bar_time > v_from and e.bar_time < v_until
    except
    select b.bar_time from public.bars b
    where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe and b.bar_time between v_from and v_until);
  delete from public.bar_gaps g
  where g.symbol_id = p_symbol_id and g.timeframe = p_timeframe and g.bar_time between v_from and v_until
    and not exists (select from unnest(v_missing) m(bar_time) where m.bar_time = g.bar_time);
  insert into public.bar_gaps (symbol_id, timeframe, bar_time, reason, message)
  select p_symbol_id, p_timeframe, m.bar_time, 'missing', internal.gap_message(v_symbol.symbol, p_timeframe, m.bar_time, v_symbol.calendar)
  from unnest(v_missing) m(bar_time)
  on conflict (symbol_id, timeframe, bar_time) do nothing;
end
$$;
comment on function internal.note_gaps(bigint, text, timestamptz, timestamptz) is
  'Keeps bar_gaps of a series where bars from p_first to p_last came or went: what the symbol''s calendar has between the bar before them and the bar '
  'after them, and no bar is stored of. It reads and writes as many rows as that span has sessions. What is known of a gap stays.';
revoke execute on function internal.note_gaps(bigint, text, timestamptz, timestamptz) from public;
