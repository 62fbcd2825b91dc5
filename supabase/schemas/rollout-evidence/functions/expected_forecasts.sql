create or replace function internal.expected_forecasts(p_rollout_id bigint, p_since timestamptz, p_until timestamptz) returns table (
  symbol text, horizon text, ensemble text, session_date date, data_cutoff timestamptz, deadline timestamptz, state text, forecasts integer)
language sql stable set search_path = '' set jit = off
as $$
  with rollout as materialized (
    select r.id, r.stage_started_at, r.candidate_hash, r.baseline_hash, (
      select p.figures -> 'reached' from public.rollout_events p
      where p.rollout_id = r.id and p.kind = 'promoted' and p.figures ->> 'to' = r.stage
      order by p.id desc limit 1) as reached
    from public.rollouts r where r.id = p_rollout_id
  ), ensemble as materialized (
    select e.name, e.config_hash
    from rollout r cross join lateral (values ('baseline', r.baseline_hash), ('candidate', r.candidate_hash)) e(name, config_hash)
  ), origin as materialized (
    select row_number() over () as place, o.calendar, o.session_date, o.horizon, o.data_cutoff, o.ends_at, d.deadline, o.ends_at >= r.stage_started_at as is_of_stage
    from rollout r
    -- A date begins in the east as another one's evening comes in New York.
    cross join internal.forecast_origins((p_since at time zone 'America/New_York')::date - 1, (p_until at time zone 'UTC')::date + 1) o
    cross join lateral (
      select o.ends_at + make_interval(mins => (internal.setting('forecast_deadline_minutes') #>> '{}')::integer) as deadline
    ) d
    where d.deadline > p_since and d.deadline <= p_until and not internal.publishing_stopped(o.ends_at, d.deadline)
      and internal.window_sizes(o.horizon) is not null
  ), member as materialized (
    -- What the stage has only just come to begins with the bars that end since; what the one before had already knows no gap between them.
    select m.symbol_id, s.calendar, h.horizon, coalesce(r.reached -> m.symbol ? h.horizon, false) as is_reached
    from rollout r
    join public.rollout_symbols m on m.rollout_id = r.id
    join public.symbols s on s.id = m.symbol_id and s.active
    cross join unnest(m.horizons) h(horizon)
    where h.horizon = any (s.horizons)
  ), reached as materialized (
    select k.*, array(select s.id from public.symbols s except select unnest(k.of_stage)) as not_of_stage,
      array(select s.id from public.symbols s except select unnest(k.before_it)) as not_before_it
    from (
      select m.calendar, m.horizon, array_agg(m.symbol_id) as of_stage, coalesce(array_agg(m.symbol_id) filter (where m.is_reached), '{}') as before_it
      from member m group by m.calendar, m.horizon
    ) k
  ), asked as materialized (
    -- Whom forecasts are expected of, and whom not where these are few; and by when they are settled: until then bars that came late give them more time.
    select o.place, o.horizon, o.data_cutoff, o.deadline, o.deadline <= p_until - interval '30 minutes' as is_settled, e.name as ensemble, e.config_hash,
      w.members, case when cardinality(w.others) <= greatest(100, cardinality(w.members) / 5) then w.others end as others
    from origin o
    join reached r on r.calendar = o.calendar and r.horizon = o.horizon
    cross join ensemble e
    cross join lateral (
      select case when o.is_of_stage then r.of_stage else r.before_it end as members,
        case when o.is_of_stage then r.not_of_stage else r.not_before_it end as others
    ) w
  ), other as materialized (
    -- All but those that were there by the bar's own deadline, however late their bar came: nearly all are, and nothing more is asked of them. Origin by
    -- origin: of all at once the sets would be large. Where as many are there as there should be, they are not looked at one by one.
    select a.place, a.ensemble, x.symbol_id
    from asked a
    cross join lateral (
      select count(*) as forecasts
      from public.forecasts f
      where a.is_settled and a.others is not null and f.data_cutoff = a.data_cutoff and f.horizon = a.horizon and f.ensemble = a.ensemble
        and f.config_hash = a.config_hash and f.issued_at <= a.deadline
    ) t
    cross join lateral (
      select count(*) as forecasts
      from unnest(a.others) i(symbol_id)
      join public.forecasts f
        on f.symbol_id = i.symbol_id and f.horizon = a.horizon and f.ensemble = a.ensemble and f.config_hash = a.config_hash
          and f.data_cutoff = a.data_cutoff and f.issued_at <= a.deadline
    ) o
    cross join lateral (
      select a.others is not null and t.forecasts - o.forecasts = cardinality(a.members) as is_whole
    ) c
    cross join lateral (
      select i.symbol_id from unnest(a.members) i(symbol_id) where not c.is_whole
      except
      select f.symbol_id
      from public.forecasts f
      where not c.is_whole and a.is_settled and f.data_cutoff = a.data_cutoff and f.horizon = a.horizon and f.ensemble = a.ensemble
        and f.config_hash = a.config_hash and f.issued_at <= a.deadline
    ) x
  ), due as materialized (
    select x.place, x.ensemble, x.symbol_id, e.config_hash, o.session_date, o.horizon, o.data_cutoff, o.deadline as bar_deadline, due.deadline,
      b.ingested_at, f.issued_at
    from other x
    join origin o on o.place = x.place
    join ensemble e on e.name = x.ensemble
    left join public.bars b on b.symbol_id = x.symbol_id and b.timeframe = internal.timeframe_of(o.horizon) and b.bar_time = o.data_cutoff
    left join public.forecasts f
      on f.symbol_id = x.symbol_id and f.horizon = o.horizon and f.ensemble = x.ensemble and f.config_hash = e.config_hash
      and f.data_cutoff = o.data_cutoff
    cross join lateral (
      -- A bar that came in the last half hour leaves its forecast half an hour.
      select greatest(o.deadline, case when b.ingested_at <= o.deadline then b.ingested_at + interval '30 minutes' end) as deadline
    ) due
    where due.deadline <= p_until
  ), judged as materialized (
    select s.symbol, d.horizon, d.ensemble, d.session_date, d.data_cutoff, d.deadline, d.place,
      case
        when d.issued_at <= d.deadline then 'there'
        -- Bars that were restated since have it made anew: that it was there in time is what its run knows.
        when d.issued_at is not null and exists (
          select from public.runs x
          where x.kind = 'forecast' and x.status = 'succeeded' and x.params -> 'symbols' ->> 0 = s.symbol and x.data_cutoff = d.data_cutoff
            and x.ensemble = d.ensemble and x.config_hash = d.config_hash and x.params ->> 'horizon' = d.horizon
            and x.finished_at <= d.deadline) then 'there'
        -- A request may have been for several symbols.
        when d.issued_at is not null and exists (
          select from public.runs x
          where x.kind = 'forecast' and x.status = 'succeeded' and x.params -> 'symbols' ->> 1 is not null and x.data_cutoff = d.data_cutoff
            and x.ensemble = d.ensemble and x.config_hash = d.config_hash and x.params ->> 'horizon' = d.horizon
            and x.finished_at <= d.deadline and x.params -> 'symbols' ? s.symbol) then 'there'
        -- A bar may have been there and be restated since: a forecast from it knows, or who noticed that there was none.
        when d.ingested_at is null or d.ingested_at > d.bar_deadline
          and not exists (
            select from public.forecasts x
            where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.ensemble = any ('{baseline,candidate}')
              and x.data_cutoff = d.data_cutoff and x.issued_at <= d.bar_deadline)
          and not exists (
            select from public.rollout_events x
            where x.rollout_id = p_rollout_id and x.kind = 'forecast_missing' and x.subject in (
              internal.forecast_subject(s.symbol, d.horizon, 'candidate', d.session_date, d.data_cutoff),
              internal.forecast_subject(s.symbol, d.horizon, 'baseline', d.session_date, d.data_cutoff)))
          then 'bar_missing'
        when d.issued_at is not null then 'late'
        else 'forecast_missing'
      end as state
    from due d
    join public.symbols s on s.id = d.symbol_id
  ), not_at_once as materialized (
    select x.place, x.ensemble, count(*) as forecasts from other x group by x.place, x.ensemble
  ), all_the_same as materialized (
    select j.place, j.ensemble, count(*) as forecasts from judged j where j.state = 'there' group by j.place, j.ensemble
  )
  select j.symbol, j.horizon, j.ensemble, j.session_date, j.data_cutoff, j.deadline, j.state, 1
  from judged j where j.state <> 'there'
  union all
  select null, o.horizon, e.name, o.session_date, o.data_cutoff, o.deadline, 'there', n.there::integer
  from origin o
  cross join ensemble e
  join reached r on r.calendar = o.calendar and r.horizon = o.horizon
  left join not_at_once a on a.place = o.place and a.ensemble = e.name
  left join all_the_same t on t.place = o.place and t.ensemble = e.name
  cross join lateral (
    select cardinality(case when o.is_of_stage then r.of_stage else r.before_it end) - coalesce(a.forecasts, 0) + coalesce(t.forecasts, 0) as there
  ) n
  where n.there > 0
  union all
  select m.symbol, h.horizon, 'candidate', null, null, null, 'nothing_due', 0
  from public.rollout_symbols m
  cross join unnest(m.horizons) h(horizon)
  where m.rollout_id = p_rollout_id and not exists (
    select from member k
    where k.symbol_id = m.symbol_id and k.horizon = h.horizon and exists (
      select from origin o where o.calendar = k.calendar and o.horizon = k.horizon and (o.is_of_stage or k.is_reached)))
$$;
comment on function internal.expected_forecasts(bigint, timestamptz, timestamptz) is
  'The forecasts that a rollout''s symbols should have by their calendars, of candidate and baseline, whose deadline (the bar''s end and '
  'forecast_deadline_minutes; half an hour after the bar came, where it came in the last half hour) has passed after p_since and by p_until; '
  'where its stage is the first on the horizon, from bars that ended in it. A row each for what is late, forecast_missing or bar_missing: the bar itself had not '
  'come by the deadline; a row an origin and ensemble, without a symbol, for how many are there; a row nothing_due for each symbol and horizon of which none was '
  'expected. None while the kill switch was on.';
revoke execute on function internal.expected_forecasts(bigint, timestamptz, timestamptz) from public;
