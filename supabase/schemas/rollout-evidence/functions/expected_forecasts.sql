create or replace function internal.expected_forecasts(p_rollout_id bigint, p_since timestamptz, p_until timestamptz) returns table (
  symbol text, horizon text, ensemble text, session_date date, data_cutoff timestamptz, deadline timestamptz, state text)
language sql stable set search_path = '' set jit = off
as $$
  with origin as materialized (
    select o.session_date, o.horizon, o.data_cutoff, o.ends_at, d.deadline
    from internal.forecast_origins((p_since at time zone 'America/New_York')::date - 1, (p_until at time zone 'America/New_York')::date) o
    cross join lateral (
      select o.ends_at + make_interval(mins => (internal.setting('forecast_deadline_minutes') #>> '{}')::integer) as deadline
    ) d
    where d.deadline > p_since and d.deadline <= p_until and not internal.publishing_stopped(o.ends_at, d.deadline)
  )
  select m.symbol, o.horizon, e.ensemble, o.session_date, o.data_cutoff, due.deadline,
    case
      when f.issued_at <= due.deadline then 'there'
      -- Bars that were restated since have it made anew: that it was there in time is what its run knows.
      when f.issued_at is not null and exists (
        select from public.runs x
        where x.kind = 'forecast' and x.status = 'succeeded' and x.data_cutoff = o.data_cutoff and x.ensemble = e.ensemble
          and x.config_hash = f.config_hash and x.params ->> 'horizon' = o.horizon and x.params -> 'symbols' ? m.symbol
          and x.finished_at <= due.deadline) then 'there'
      -- A bar may have been there and be restated since: a forecast from it knows, or who noticed that there was none.
      when b.ingested_at is null or b.ingested_at > o.deadline
        and not exists (
          select from public.forecasts x
          where x.symbol_id = s.id and x.horizon = o.horizon and x.data_cutoff = o.data_cutoff and x.issued_at <= o.deadline)
        and not exists (
          select from public.rollout_events x
          where x.rollout_id = r.id and x.kind = 'forecast_missing' and x.figures ->> 'symbol' = m.symbol
            and x.figures ->> 'horizon' = o.horizon and (x.figures ->> 'data_cutoff')::timestamptz = o.data_cutoff)
        then 'bar_missing'
      when f.issued_at is not null then 'late'
      else 'forecast_missing'
    end
  from public.rollouts r
  cross join (values ('baseline'), ('candidate')) e(ensemble)
  join public.rollout_symbols m on m.rollout_id = r.id
  join public.symbols s on s.id = m.symbol_id and s.active
  join origin o on o.horizon = any (m.horizons) and o.horizon = any (s.horizons)
  left join public.bars b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(o.horizon) and b.bar_time = o.data_cutoff
  left join public.forecasts f
    on f.symbol_id = s.id and f.horizon = o.horizon and f.ensemble = e.ensemble and f.data_cutoff = o.data_cutoff
    and f.config_hash = case e.ensemble when 'candidate' then r.candidate_hash else r.baseline_hash end
  cross join lateral (
    -- A bar that came in the last half hour leaves its forecast half an hour.
    select greatest(o.deadline, case when b.ingested_at <= o.deadline then b.ingested_at + interval '30 minutes' end) as deadline
  ) due
  -- What the stage has only just come to begins with the bars that end since; what the one before had already knows no gap between them.
  where r.id = p_rollout_id and (o.ends_at >= r.stage_started_at or exists (
      select from public.rollout_events p
      where p.rollout_id = r.id and p.kind = 'promoted' and p.figures ->> 'to' = r.stage and p.figures -> 'reached' -> m.symbol ? o.horizon))
    and due.deadline <= p_until and internal.window_sizes(o.horizon) is not null
$$;
comment on function internal.expected_forecasts(bigint, timestamptz, timestamptz) is
  'The forecasts that a rollout''s symbols should have, of candidate and baseline, whose deadline (the bar''s end and '
  'forecast_deadline_minutes; half an hour after the bar came, where it came in the last half hour) has passed after p_since and by p_until; '
  'where its stage is the first on the horizon, from bars that ended in it. there; late; forecast_missing; bar_missing: the bar itself had not '
  'come by the deadline. None while the kill switch was on.';
revoke execute on function internal.expected_forecasts(bigint, timestamptz, timestamptz) from public;
