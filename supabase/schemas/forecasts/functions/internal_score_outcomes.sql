create or replace function internal.score_outcomes() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_scored integer;
begin
  -- Two at once would score the same twice over.
  perform pg_advisory_xact_lock(hashtext('plumbline.score_outcomes'));

  -- Without the quantiles, which would be copied for every forecast there ever was.
  create temporary table realised on commit drop as
  select f.id as forecast_id, b.bar_time as outcome_time, b.close as outcome_close, ln(b.close / cutoff.close) as realised_return,
    greatest(b.ingested_at, cutoff.ingested_at) as bars_stored_at
  from public.forecasts f
  join public.bars cutoff
    on cutoff.symbol_id = f.symbol_id and cutoff.timeframe = internal.timeframe_of(f.horizon) and cutoff.bar_time = f.data_cutoff
  cross join lateral (
    select n.bar_time, n.close, n.ingested_at
    from public.bars n
    where n.symbol_id = f.symbol_id and n.timeframe = cutoff.timeframe and n.bar_time > f.data_cutoff
    order by n.bar_time
    limit 1
  ) b;

  -- A restated series may lack a bar that an outcome was scored on.
  delete from public.forecast_outcomes o
  where not exists (select from pg_temp.realised r where r.forecast_id = o.forecast_id);

  insert into public.forecast_outcomes (
    forecast_id, outcome_time, outcome_close, is_target_session, realised_return, error, absolute_error, crps, log_score, pit,
    covered_50, covered_80, covered_90, covered_95, direction_correct, bars_stored_at)
  select r.forecast_id, r.outcome_time, r.outcome_close,
    -- A day's bar is stamped with its date, half a session's with its start, which has the same date at both places.
    (r.outcome_time at time zone 'UTC')::date = (f.target_time at time zone 'America/New_York')::date
      -- A session has two bars of 4h: the first ends at 13:30, or at 13:00 on a half day.
      and (f.horizon <> '4h' or ((r.outcome_time at time zone 'America/New_York')::time < '13:30')
        = ((f.target_time at time zone 'America/New_York')::time <= '13:30')),
    r.realised_return, f.forecast_return - r.realised_return, abs(f.forecast_return - r.realised_return),
    internal.crps(f.return_quantiles, r.realised_return), internal.log_score(f.return_quantiles, r.realised_return),
    internal.pit(f.return_quantiles, r.realised_return),
    internal.is_covered(f.return_quantiles, r.realised_return, 50), internal.is_covered(f.return_quantiles, r.realised_return, 80),
    internal.is_covered(f.return_quantiles, r.realised_return, 90), internal.is_covered(f.return_quantiles, r.realised_return, 95),
    case when r.realised_return <> 0 and f.direction <> 'neutral' then (r.realised_return > 0) = (f.direction = 'bullish') end,
    r.bars_stored_at
  from pg_temp.realised r
  join public.forecasts f on f.id = r.forecast_id
  left join public.forecast_outcomes o on o.forecast_id = r.forecast_id
  where (o.outcome_time, o.bars_stored_at) is distinct from (r.outcome_time, r.bars_stored_at)
    and cardinality(f.return_quantiles) = 199
  on conflict (forecast_id) do update set
    outcome_time = excluded.outcome_time, outcome_close = excluded.outcome_close, is_target_session = excluded.is_target_session,
    realised_return = excluded.realised_return, error = excluded.error, absolute_error = excluded.absolute_error,
    crps = excluded.crps, log_score = excluded.log_score, pit = excluded.pit, covered_50 = excluded.covered_50,
    covered_80 = excluded.covered_80, covered_90 = excluded.covered_90, covered_95 = excluded.covered_95,
    direction_correct = excluded.direction_correct, bars_stored_at = excluded.bars_stored_at, scored_at = now();
  get diagnostics v_scored = row_count;
  drop table pg_temp.realised;
  return v_scored;
end
$$;
comment on function internal.score_outcomes() is
  'Scores every forecast whose outcome bar is there and was not scored in its stored version; returns how many. Repeating it changes nothing.';
revoke execute on function internal.score_outcomes() from public;
