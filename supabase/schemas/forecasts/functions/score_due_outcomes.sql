create or replace function internal.score_due_outcomes(p_rows integer, out taken integer, out scored integer)
language plpgsql set search_path = ''
as $$
begin
  with due as materialized (
    select d.id, d.symbol_id, d.horizon, d.since, c.until
    from (select x.* from public.outcomes_due x order by x.id limit p_rows for update skip locked) d
    cross join lateral (
      -- Ten bars at a time: a restated series may have years of forecasts.
      select max(k.data_cutoff) as until
      from (
        select distinct f.data_cutoff from public.forecasts f
        where f.symbol_id = d.symbol_id and f.horizon = d.horizon and f.data_cutoff >= d.since
        order by f.data_cutoff limit 10
      ) k
    ) c
  ), realised as materialized (
    select distinct on (f.id) f.id as forecast_id, f.horizon, f.target_time, f.forecast_return, f.return_quantiles, f.direction,
      n.bar_time as outcome_time, n.close as outcome_close, ln(n.close / cutoff.close) as realised_return,
      greatest(n.ingested_at, cutoff.ingested_at) as bars_stored_at
    from due d
    cross join lateral (
      -- Offset 0: of each by the index; where the series are few the planner would read all forecasts.
      select x.* from public.forecasts x
      where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.data_cutoff between d.since and d.until
      offset 0
    ) f
    left join public.bars cutoff
      on cutoff.symbol_id = f.symbol_id and cutoff.timeframe = internal.timeframe_of(f.horizon) and cutoff.bar_time = f.data_cutoff
    left join lateral (
      select b.bar_time, b.close, b.ingested_at
      from public.bars b
      where b.symbol_id = cutoff.symbol_id and b.timeframe = cutoff.timeframe and b.bar_time > cutoff.bar_time
      order by b.bar_time
      limit 1
    ) n on true
  ), gone as (
    -- A restated series may lack a bar that an outcome was scored on.
    delete from public.forecast_outcomes o using realised r where o.forecast_id = r.forecast_id and r.outcome_time is null
  ), written as (
    insert into public.forecast_outcomes (
      forecast_id, outcome_time, outcome_close, is_target_session, realised_return, error, absolute_error, crps, log_score, pit,
      covered_50, covered_80, covered_90, covered_95, direction_correct, bars_stored_at)
    select r.forecast_id, r.outcome_time, r.outcome_close,
      -- A day's bar is stamped with its date, half a session's with its start, which has the same date at both places.
      (r.outcome_time at time zone 'UTC')::date = (r.target_time at time zone 'America/New_York')::date
        -- A session has two bars of 4h: the first ends at 13:30, or at 13:00 on a half day.
        and (r.horizon <> '4h' or ((r.outcome_time at time zone 'America/New_York')::time < '13:30')
          = ((r.target_time at time zone 'America/New_York')::time <= '13:30')),
      r.realised_return, r.forecast_return - r.realised_return, abs(r.forecast_return - r.realised_return),
      internal.crps(r.return_quantiles, r.realised_return), internal.log_score(r.return_quantiles, r.realised_return),
      internal.pit(r.return_quantiles, r.realised_return),
      internal.is_covered(r.return_quantiles, r.realised_return, 50), internal.is_covered(r.return_quantiles, r.realised_return, 80),
      internal.is_covered(r.return_quantiles, r.realised_return, 90), internal.is_covered(r.return_quantiles, r.realised_return, 95),
      case when r.realised_return <> 0 and r.direction <> 'neutral' then (r.realised_return > 0) = (r.direction = 'bullish') end,
      r.bars_stored_at
    from realised r
    left join public.forecast_outcomes o on o.forecast_id = r.forecast_id
    where r.outcome_time is not null and (o.outcome_time, o.bars_stored_at) is distinct from (r.outcome_time, r.bars_stored_at)
      and cardinality(r.return_quantiles) = 199
    on conflict (forecast_id) do update set
      outcome_time = excluded.outcome_time, outcome_close = excluded.outcome_close, is_target_session = excluded.is_target_session,
      realised_return = excluded.realised_return, error = excluded.error, absolute_error = excluded.absolute_error,
      crps = excluded.crps, log_score = excluded.log_score, pit = excluded.pit, covered_50 = excluded.covered_50,
      covered_80 = excluded.covered_80, covered_90 = excluded.covered_90, covered_95 = excluded.covered_95,
      direction_correct = excluded.direction_correct, bars_stored_at = excluded.bars_stored_at, scored_at = now()
    returning 1
  ), left_over as materialized (
    select d.id, f.data_cutoff as since
    from due d
    cross join lateral (
      select x.data_cutoff from public.forecasts x
      where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.data_cutoff > d.until
      order by x.data_cutoff limit 1
    ) f
  ), moved_on as (
    update public.outcomes_due x set since = l.since from left_over l where x.id = l.id
  ), done as (
    delete from public.outcomes_due x using due d where x.id = d.id and not exists (select from left_over l where l.id = d.id)
  )
  select (select count(*) from due), (select count(*) from written) into taken, scored;
end
$$;
comment on function internal.score_due_outcomes(integer) is
  'Scores the forecasts of the first p_rows rows of outcomes_due, of each those of ten bars at most; returns how many rows it took (0: none is '
  'due) and how many forecasts were scored.';
revoke execute on function internal.score_due_outcomes(integer) from public;
