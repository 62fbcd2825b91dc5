-- Too little to forecast from, whatever the sizes of the windows: they are settings, and may be small.
create or replace function internal.forecast_shortages(p_symbol_ids bigint[], p_horizon text)
returns table (symbol_id bigint, code text, message text)
language sql stable set search_path = ''
as $$
  select
    b.id,
    case when least(b.bars, b.fitted) < b.needed then 'too_few_bars' else 'too_short_span' end,
    case
      when b.bars < b.fitted then format('%s has %s bars for %s; a forecast needs %s (train %s, validation %s)',
        b.symbol, b.bars, p_horizon, b.needed, b.sizes ->> 'train', b.sizes ->> 'validation')
      when b.bars < b.needed then format('%s has %s bars for %s; a forecast needs %s at least', b.symbol, b.bars, p_horizon, b.needed)
      when b.fitted < b.needed then format(
        '%s %s would be fitted on %s bars (train %s, validation %s); a forecast needs %s at least: raise the setting window_sizes',
        b.symbol, p_horizon, b.fitted, b.sizes ->> 'train', b.sizes ->> 'validation', b.needed)
      else format('The %s bars of %s for %s span %s days; a forecast needs %s at least', b.bars, b.symbol, p_horizon, b.days, 30)
    end
  from (
    select s.id, s.symbol, z.sizes, z.fitted, greatest(z.fitted, 100) as needed, coalesce(x.bars, 0) as bars,
      (x.last_bar_time at time zone 'UTC')::date - (x.first_bar_time at time zone 'UTC')::date as days
    from public.symbols s
    cross join lateral (
      select w.sizes, (w.sizes ->> 'train')::integer + (w.sizes ->> 'validation')::integer as fitted
      from (select internal.window_sizes(p_horizon) as sizes) w
    ) z
    left join public.bar_series x on x.symbol_id = s.id and x.timeframe = internal.timeframe_of(p_horizon)
    where s.id = any (p_symbol_ids)
  ) b
  where least(b.bars, b.fitted) < b.needed or b.days < 30
$$;
comment on function internal.forecast_shortages(bigint[], text) is
  'Of these symbols those whose bars are too little for a forecast, and why, with what is there and what is needed: too_few_bars (fewer than train and '
  'validation take, or than 100) or too_short_span (fewer than 30 days from the first to the last). '
  'Twin: requireForecastHistory (src/shared/series/require-forecast-history.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.forecast_shortages(bigint[], text) from public;
