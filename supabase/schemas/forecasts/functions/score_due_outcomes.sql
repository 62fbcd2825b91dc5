create or replace function internal.score_due_outcomes(p_rows integer, out taken integer, out scored integer)
language plpgsql set search_path = '' set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_gone bigint[];
  v_restated public.forecast_outcomes[];
  v_new public.forecast_outcomes[];
begin
  with due as materialized (
    select d.id, d.symbol_id, d.horizon, internal.timeframe_of(d.horizon) as timeframe, z.time_zone, d.since, c.until
    from (select x.* from public.outcomes_due x order by x.id limit p_rows for update skip locked) d
    join public.symbols s on s.id = d.symbol_id
    join public.calendars z on z.name = s.calendar
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
    select distinct on (f.id) f.id as forecast_id, d.time_zone, f.horizon, f.target_time, f.forecast_return, f.return_quantiles, f.direction,
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
      on cutoff.symbol_id = f.symbol_id and cutoff.timeframe = d.timeframe and cutoff.bar_time = f.data_cutoff
    left join lateral (
      select b.bar_time, b.close, b.ingested_at
      from public.bars b
      where b.symbol_id = cutoff.symbol_id and b.timeframe = cutoff.timeframe and b.bar_time > cutoff.bar_time
      order by b.bar_time
      limit 1
    ) n on true
  ), outcome as materialized (
    select row(r.forecast_id, r.outcome_time, r.outcome_close,
      -- A day's bar is stamped with its date, half a session's with its start, which has the same date at both places.
      -- A close at midnight ends the date before it.
      (r.outcome_time at time zone 'UTC')::date = ((r.target_time - interval '1 second') at time zone r.time_zone)::date
        -- A session has two bars of 4h: the first ends at 13:30, or at 13:00 on a half day.
        and (r.horizon <> '4h' or ((r.outcome_time at time zone 'America/New_York')::time < '13:30')
          = ((r.target_time at time zone 'America/New_York')::time <= '13:30')),
      r.realised_return, r.forecast_return - r.realised_return, abs(r.forecast_return - r.realised_return),
      internal.crps(q.quantiles, r.realised_return), internal.log_score(q.quantiles, r.realised_return),
      internal.pit(q.quantiles, r.realised_return),
      internal.is_covered(q.quantiles, r.realised_return, 50), internal.is_covered(q.quantiles, r.realised_return, 80),
      internal.is_covered(q.quantiles, r.realised_return, 90), internal.is_covered(q.quantiles, r.realised_return, 95),
      case when r.realised_return <> 0 and r.direction <> 'neutral' then (r.realised_return > 0) = (r.direction = 'bullish') end,
      r.bars_stored_at, now())::public.forecast_outcomes as scored, o.forecast_id is not null as is_restated
    from realised r
    left join public.forecast_outcomes o on o.forecast_id = r.forecast_id
    cross join lateral (
      -- Offset 0, and a slice: they are fetched once, and not anew for each score.
      select r.return_quantiles[:] as quantiles
      offset 0
    ) q
    where r.outcome_time is not null and (o.outcome_time, o.bars_stored_at) is distinct from (r.outcome_time, r.bars_stored_at)
      and cardinality(r.return_quantiles) = 199
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
  select (select count(*) from due),
    -- A restated series may lack a bar that an outcome was scored on.
    (select array_agg(r.forecast_id) from realised r where r.outcome_time is null),
    (select array_agg(o.scored) from outcome o where o.is_restated),
    (select array_agg(o.scored) from outcome o where not o.is_restated)
  into taken, v_gone, v_restated, v_new;

  -- One kind of change at a time: triggers keep sums of what changed. None fires for nothing.
  if v_gone is not null then
    delete from public.forecast_outcomes o where o.forecast_id = any (v_gone);
  end if;
  if v_restated is not null then
    update public.forecast_outcomes o set
      outcome_time = n.outcome_time, outcome_close = n.outcome_close, is_target_session = n.is_target_session, realised_return = n.realised_return,
      error = n.error, absolute_error = n.absolute_error, crps = n.crps, log_score = n.log_score, pit = n.pit, covered_50 = n.covered_50,
      covered_80 = n.covered_80, covered_90 = n.covered_90, covered_95 = n.covered_95, direction_correct = n.direction_correct,
      bars_stored_at = n.bars_stored_at, scored_at = n.scored_at
    from unnest(v_restated) n
    where o.forecast_id = n.forecast_id;
  end if;
  if v_new is not null then
    insert into public.forecast_outcomes
    select n.* from unnest(v_new) n
    where exists (select from public.forecasts f where f.id = n.forecast_id);
  end if;
  scored := coalesce(cardinality(v_restated), 0) + coalesce(cardinality(v_new), 0);
end
$$;
comment on function internal.score_due_outcomes(integer) is
  'Scores the forecasts of the first p_rows rows of outcomes_due, of each those of ten bars at most; returns how many rows it took (0: none is '
  'due) and how many forecasts were scored.';
revoke execute on function internal.score_due_outcomes(integer) from public;
