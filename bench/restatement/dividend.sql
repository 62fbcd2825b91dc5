-- A provider that restates: once it has the bar of `ex_date`, prices of the bars before it are multiplied by `factor`, as a dividend's are.
create table simulated.dividend (ex_date timestamptz not null, factor double precision not null);

alter function simulated.bars_now(text, text) rename to bars_before_dividends;
create function simulated.bars_now(p_symbol text, p_timeframe text) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_agg(
      case when (b.bar ->> 0)::timestamptz >= d.ex_date or d.factor is null then b.bar
      else jsonb_build_array(b.bar -> 0, (b.bar ->> 1)::float8 * d.factor, (b.bar ->> 2)::float8 * d.factor, (b.bar ->> 3)::float8 * d.factor,
        (b.bar ->> 4)::float8 * d.factor, b.bar -> 5) end order by b.place), '[]')
  from jsonb_array_elements(simulated.bars_before_dividends(p_symbol, p_timeframe)) with ordinality b(bar, place)
  left join (
    select x.* from simulated.dividend x
    where exists (
      select from jsonb_array_elements(simulated.bars_before_dividends(p_symbol, p_timeframe)) n(bar) where (n.bar ->> 0)::timestamptz >= x.ex_date)
  ) d on true
$$;

-- The whole series as the provider has it when a dividend's date has come: all that is stored, restated, and what is new.
create function simulated.restated_series(p_symbol text, p_timeframe text) returns jsonb
language sql stable
as $$
  select (
    select jsonb_agg(jsonb_build_array(b.bar_time, b.open * d.factor, b.high * d.factor, b.low * d.factor, b.close * d.factor, b.volume)
      order by b.bar_time)
    from public.bars b join public.symbols s on s.id = b.symbol_id
    where s.symbol = p_symbol and b.timeframe = p_timeframe
  ) || (
    select coalesce(jsonb_agg(n.bar), '[]')
    from jsonb_array_elements(simulated.bars_now(p_symbol, p_timeframe)) n(bar)
    where (n.bar ->> 0)::timestamptz >= d.ex_date)
  from simulated.dividend d
$$;

alter function simulated.result(jsonb) rename to result_before_dividends;
create function simulated.result(p_job jsonb) returns jsonb
language plpgsql stable
as $$
declare
  v_symbol text := p_job -> 'payload' ->> 'symbol';
  v_timeframe text := p_job -> 'payload' ->> 'timeframe';
begin
  if p_job ->> 'kind' = 'ingest' and exists (
    select from simulated.dividend d, jsonb_array_elements(simulated.bars_now(v_symbol, v_timeframe)) n(bar)
    where (n.bar ->> 0)::timestamptz >= d.ex_date and (
      select b.last_bar_time from public.bar_series b join public.symbols s on s.id = b.symbol_id
      where s.symbol = v_symbol and b.timeframe = v_timeframe) < d.ex_date
  ) then
    return jsonb_build_object('whole', true, 'requests', 2, 'gaps', '[]'::jsonb, 'from', '1900-01-01',
      'bars', simulated.restated_series(v_symbol, v_timeframe));
  end if;
  return simulated.result_before_dividends(p_job);
end
$$;
