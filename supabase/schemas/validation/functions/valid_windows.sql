create or replace function internal.valid_windows(p_symbol_id bigint, p_horizon text, p_config_hash text)
returns table (metrics_id bigint, window_id integer)
language sql stable set search_path = ''
as $$
  select m.id, m.window_id
  from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id
  where m.symbol_id = p_symbol_id and m.horizon = p_horizon and m.hyperparameters ->> 'config_hash' = p_config_hash
    -- By the clock that stamps the bars, and not by validation_date, which is the worker's.
    and m.updated_at >= (
      select max(b.ingested_at) from public.bars b
      where b.symbol_id = p_symbol_id and b.timeframe = internal.timeframe_of(p_horizon)
        and b.bar_time between o.first_bar_time and o.last_bar_time)
    -- The ordinal must still mean the same bar: bars put in before it move it.
    and m.window_id = (
      select count(*) - 1 from public.bars b
      where b.symbol_id = p_symbol_id and b.timeframe = internal.timeframe_of(p_horizon) and b.bar_time <= o.last_bar_time)
$$;
comment on function internal.valid_windows(bigint, text, text) is
  'Windows validated with a configuration whose bars are still the ones that are stored.';
revoke execute on function internal.valid_windows(bigint, text, text) from public;
