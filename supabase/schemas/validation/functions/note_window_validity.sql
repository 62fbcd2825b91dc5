create or replace function internal.note_window_validity(p_metrics_ids bigint[]) returns void
language sql set search_path = ''
as $$
  insert into public.window_validity (
    metrics_id, symbol_id, horizon, timeframe, config_hash, window_id, last_bar_time, divergence, is_valid)
  select w.id, w.symbol_id, w.horizon, w.timeframe, w.config_hash, w.window_id, w.last_bar_time, w.divergence,
    case
      when not exists (
        select from public.bars b
        where b.symbol_id = w.symbol_id and b.timeframe = w.timeframe and b.bar_time between w.first_bar_time and w.last_bar_time)
        then false
      -- By the clock that stamps the bars, and not by validation_date, which is the worker's.
      when exists (
        select from public.bars b
        where b.symbol_id = w.symbol_id and b.timeframe = w.timeframe and b.bar_time between w.first_bar_time and w.last_bar_time
          and b.ingested_at > w.updated_at)
        then false
      -- The ordinal must still mean the same bar: bars put in before it move it.
      else w.window_id = (
        select count(*) - 1 from public.bars b
        where b.symbol_id = w.symbol_id and b.timeframe = w.timeframe and b.bar_time <= w.last_bar_time)
    end
  from (
    select m.id, m.symbol_id, m.horizon, internal.timeframe_of(m.horizon) as timeframe, m.hyperparameters ->> 'config_hash' as config_hash,
      m.window_id, m.divergence, m.updated_at, o.first_bar_time, o.last_bar_time
    from public.ensemble_validation_metrics m
    join public.overfitting_tests o on o.metrics_id = m.id
    where m.id = any (p_metrics_ids)
  ) w
  on conflict (metrics_id) do update set
    symbol_id = excluded.symbol_id, horizon = excluded.horizon, timeframe = excluded.timeframe, config_hash = excluded.config_hash,
    window_id = excluded.window_id, last_bar_time = excluded.last_bar_time, divergence = excluded.divergence,
    is_valid = excluded.is_valid
$$;
comment on function internal.note_window_validity(bigint[]) is
  'Works out anew whether windows, by their metrics_id, still stand: the one place of that rule.';
revoke execute on function internal.note_window_validity(bigint[]) from public;
