create or replace view public.vw_run_health with (security_invoker = true) as
with installed as (
  select min(s.active_since) as at from public.schedule_slots s
), queue as (
  select
    count(*) filter (where j.claimable) as waiting,
    extract(epoch from now() - min(j.since) filter (where j.claimable)) / 60 as oldest_minutes,
    count(*) filter (where j.status = 'queued' and j.run_after > now()) as backing_off,
    count(*) filter (where j.status = 'running' and j.lease_until >= now()) as running,
    count(*) filter (where j.status = 'running' and j.lease_until < now()) as expired,
    count(*) filter (where j.status = 'running' and j.lease_until < now() - interval '10 minutes') as stalled,
    min(j.lease_until) filter (where j.status = 'running' and j.lease_until < now()) as earliest_expiry
  from (
    select x.status, x.run_after, x.lease_until, case when x.status = 'running' then x.lease_until else x.run_after end as since,
      x.attempts < x.max_attempts
        and (x.status = 'queued' and x.run_after <= now() or x.status = 'running' and x.lease_until < now()) as claimable
    from public.jobs x where x.status in ('queued', 'running')
  ) j
), unclaimed as (
  -- Functions whose jobs wait while none of theirs is claimed: the others' claims say nothing of them.
  select coalesce(array_agg(d.function_name order by d.function_name), '{}') as functions
  from (
    select k.worker as function_name, min(case when x.status = 'running' then x.lease_until else x.run_after end) as since
    from public.jobs x
    join public.job_kinds k on k.kind = x.kind
    where x.status in ('queued', 'running') and x.attempts < x.max_attempts
      and (x.status = 'queued' and x.run_after <= now() or x.status = 'running' and x.lease_until < now())
    group by 1
  ) d
  where d.since < now() - interval '15 minutes' and not exists (
    select from public.worker_requests w
    where w.function_name = d.function_name and w.claimed_at between now() - interval '15 minutes' and now() + interval '10 minutes'
      -- Who claims was asked for shortly before: not the requests of a week are looked through.
      and w.requested_at > now() - interval '1 hour')
), asked as materialized (
  -- By function: one that answers says nothing of another that does not.
  select w.function_name,
    count(*) filter (where w.requested_at > now() - interval '1 hour') as made,
    count(*) filter (where w.requested_at > now() - interval '1 hour' and w.claimed_at is not null) as claimed,
    -- Two minutes are for the way there and the start of the function.
    count(*) filter (where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes') as lately,
    count(*) filter (
      where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes' and w.claimed_at is not null
    ) as lately_claimed,
    count(*) filter (where w.ended_at is null and w.alive_until >= now()) as under_way,
    max(w.requested_at) as last_request,
    max(w.claimed_at) as last_claim,
    count(*) filter (where w.response_status is not null or w.response_error is not null) as noted,
    count(*) filter (where w.response_error is not null or w.response_status >= 400) as refused,
    max(w.requested_at) filter (where w.response_status < 400) as last_answer,
    max(w.id) filter (where w.response_status is not null or w.response_error is not null) as last_noted,
    max(w.id) filter (where w.response_error is not null or w.response_status >= 400) as last_refused
  from public.worker_requests w
  where w.requested_at between now() - interval '1 day' and now() + interval '10 minutes'
  group by w.function_name
), requests as (
  select coalesce(sum(a.made), 0) as made, coalesce(sum(a.claimed), 0) as claimed, coalesce(sum(a.lately), 0) as lately,
    coalesce(sum(a.lately_claimed), 0) as lately_claimed, coalesce(sum(a.under_way), 0) as under_way, max(a.last_request) as last_request, max(a.last_claim) as last_claim,
    coalesce(sum(a.noted), 0) as noted, coalesce(sum(a.refused), 0) as refused, max(a.last_answer) as last_answer,
    coalesce(bool_or(a.last_refused = a.last_noted), false) as failing,
    (select format('%s: %s', w.function_name, coalesce(w.response_error, 'status ' || w.response_status))
      from public.worker_requests w where w.id = max(a.last_refused)) as failure
  from asked a
), presence as materialized (
  -- One look at all symbols, and few rows.
  select p.calendar, p.horizon, p.ensemble, p.newest_bar, p.state, max(p.session_date) as session_date, max(p.expected_cutoff) as expected_cutoff,
    count(*) as series, max(p.issued_at) as last_issued, min(p.symbol) as first_symbol
  from public.vw_forecast_presence p
  group by p.calendar, p.horizon, p.ensemble, p.newest_bar, p.state
), missing as materialized (
  -- Another look, to name them, where there are any.
  select p.symbol, p.horizon, p.ensemble, p.state
  from public.vw_forecast_presence p
  where p.state in ('bar_missing', 'forecast_missing')
    and exists (select from presence g where g.state in ('bar_missing', 'forecast_missing'))
), listed as materialized (
  select distinct unnest(d.horizons) as horizon from (select distinct s.horizons from public.symbols s where s.active) d
), forecasts as (
  select p.horizon, max(p.session_date) as session_date,
    -- With several calendars in use their last sessions may have different dates.
    string_agg(distinct p.session_date::text, ', ') filter (where p.state <> 'no_bars') as session_dates,
    coalesce(sum(p.series) filter (where p.state <> 'no_bars'), 0) as expected,
    coalesce(sum(p.series) filter (where p.state = 'there'), 0) as there,
    coalesce(sum(p.series) filter (where p.state = 'no_bars'), 0) as bare, max(p.last_issued) as last_issued
  from presence p group by p.horizon
), behind as materialized (
  -- Counted once for all symbols that have the same newest bar.
  select b.*, case when b.newest_bar >= b.expected_cutoff then 0 else greatest(1, (
    select count(d.closes_at) from internal.calendar_days(b.calendar, (b.newest_bar at time zone 'UTC')::date + 1, b.session_date) d
  )) end as sessions_behind
  from (
    -- Of the two ensembles one is planned wherever the other is (vw_ensemble_assignments): the larger number is that of the symbols.
    select e.calendar, e.horizon, e.session_date, e.expected_cutoff, e.newest_bar, max(e.series) as symbols, min(e.first_symbol) as first_symbol
    from (
      select p.calendar, p.horizon, p.ensemble, p.session_date, p.expected_cutoff, p.newest_bar, sum(p.series) as series,
        min(p.first_symbol) as first_symbol
      from presence p where p.newest_bar is not null group by p.calendar, p.horizon, p.ensemble, p.session_date, p.expected_cutoff, p.newest_bar
    ) e
    group by e.calendar, e.horizon, e.session_date, e.expected_cutoff, e.newest_bar
  ) b
), covariates as materialized (
  -- Of each that active ensembles name the newest daily bar, and the session that forecasts were last due from.
  select u.symbol, u.measures, u.ensembles, b.last_bar_time, x.session_date,
    case when b.last_bar_time >= x.expected_cutoff then 0 else greatest(1, (
      select count(d.closes_at) from internal.calendar_days(s.calendar, (b.last_bar_time at time zone 'UTC')::date + 1, x.session_date) d
    )) end as sessions_behind
  from internal.covariates_in_use() u
  left join public.symbols s on s.symbol = u.symbol
  left join public.bar_series b on b.symbol_id = s.id and b.timeframe = '1D'
  left join public.vw_expected_cutoffs x on x.calendar = s.calendar and x.horizon = '1D'
), settings as (
  select max(t.value #>> '{}') filter (where t.name = 'publishing_enabled') = 'true' as publishing,
    max(t.value #>> '{}') filter (where t.name = 'max_workers') as max_workers,
    max(t.value #>> '{}') filter (where t.name = 'max_workers_cap') as max_workers_cap,
    (max(t.value #>> '{}') filter (where t.name = 'forecast_deadline_minutes'))::integer as deadline_minutes
  from public.settings t where t.name in ('publishing_enabled', 'max_workers', 'max_workers_cap', 'forecast_deadline_minutes')
), setup as (
  select internal.is_configured() as there, exists (select from public.cron_ticks) as ticked
), checks as (
  select 0 as place, 'configuration' as check_name, null as subject,
    -- A secret that was there and is gone is a fault.
    case when u.there then true when u.ticked then false end as ok,
    jsonb_build_object('project_url', u.there) as figures, null::timestamptz as last_good_at,
    case when u.there then 'Vault has project_url, the address of the functions'
      else 'not configured: Vault has no project_url, so that cron plans, fetches and delivers nothing' end as sentence
  from setup u

  union all
  select 1, 'cron', j.job,
    case
      when t.last is null and installed.at > now() - 3 * j.every then null
      else coalesce(t.last > now() - 3 * j.every and t.error is null, false)
    end,
    jsonb_build_object('last_tick', t.last, 'ticks_last_hour', t.ticks, 'expected_last_hour', t.expected, 'last_error', t.error),
    t.last_good,
    case
      when t.last is null then format('%s has never ticked', j.job)
      else format('%s last ticked %s min ago; %s of %s ticks in the last hour%s', j.job,
        floor(extract(epoch from now() - t.last) / 60), t.ticks, t.expected, coalesce('; it failed: ' || t.error, ''))
    end
  from public.schedule_ticks j
  cross join installed
  cross join lateral (
    select l.ticked_at as last, l.error, g.ticked_at as last_good,
      (select count(*) from public.cron_ticks c
        where c.job = j.job and c.ticked_at > now() - interval '1 hour' and c.ticked_at <= now() + interval '10 minutes') as ticks,
      least(extract(epoch from interval '1 hour') / extract(epoch from j.every),
        floor(extract(epoch from now() - (select min(c.ticked_at) from public.cron_ticks c where c.job = j.job)) / extract(epoch from j.every))
          + 1)::integer as expected
    from (values (true)) one(row)
    left join lateral (
      select c.ticked_at, c.error from public.cron_ticks c
      where c.job = j.job and c.ticked_at <= now() + interval '10 minutes' order by c.ticked_at desc limit 1
    ) l on true
    left join lateral (
      select c.ticked_at from public.cron_ticks c
      where c.job = j.job and c.ticked_at <= now() + interval '10 minutes' and c.error is null order by c.ticked_at desc limit 1
    ) g on true
  ) t

  union all
  select 2, 'slot', s.slot,
    case
      when s.next_due_at < now() - interval '20 minutes' then false
      when not s.active or r.status is null then null
      else r.status in ('done', 'skipped')
    end,
    jsonb_build_object('last_date', r.slot_date, 'last_time', to_char(r.local_time, 'HH24:MI'), 'last_status', r.status,
      'last_reason', r.reason, 'last_result', r.result, 'next_due_at', s.next_due_at, 'missed_7_days', w.missed,
      'failed_7_days', w.failed, 'made_up_7_days', w.made_up),
    w.last_done,
    case
      when s.next_due_at < now() - interval '20 minutes' then
        format('%s was due at %s New York time and nothing ran nor noticed', s.slot,
          to_char(s.next_due_at at time zone 'America/New_York', 'YYYY-MM-DD HH24:MI'))
      when not s.active then format('%s is paused: %s', s.slot, s.paused_because)
      when r.status is null then format('%s has not been due yet', s.slot)
      else format('%s of %s %s is %s%s', s.slot, r.slot_date, to_char(r.local_time, 'HH24:MI'), r.status, coalesce(': ' || r.reason, ''))
    end || format('; in 7 days %s missed, %s failed, %s made up for', w.missed, w.failed, w.made_up)
  from public.schedule_slots s
  left join lateral (
    select x.* from public.slot_runs x where x.slot = s.slot order by x.due_at desc limit 1
  ) r on true
  cross join lateral (
    select count(*) filter (where x.status = 'missed') as missed, count(*) filter (where x.status = 'failed') as failed,
      count(*) filter (where x.made_up and x.status = 'done') as made_up,
      max(x.finished_at) filter (where x.status = 'done') as last_done
    from public.slot_runs x where x.slot = s.slot and x.due_at > now() - interval '7 days'
  ) w

  union all
  -- Windows may wait long behind others: that is a queue at work, as long as jobs are claimed.
  select 3, 'queue', null,
    cardinality(u.functions) = 0,
    jsonb_build_object('waiting', q.waiting, 'oldest_waiting_minutes', round(q.oldest_minutes), 'unclaimed', u.functions,
      'backing_off', q.backing_off, 'running', q.running, 'max_workers', t.max_workers::integer,
      'max_workers_cap', t.max_workers_cap::integer, 'workers_under_way', r.under_way, 'last_claim', r.last_claim),
    r.last_claim,
    format('%s jobs wait%s, %s back off, %s run; max_workers is %s%s', q.waiting,
      case when q.waiting > 0 then format(', the oldest for %s minutes', floor(q.oldest_minutes)) else '' end, q.backing_off, q.running,
      t.max_workers, coalesce('; claimed none in a quarter of an hour: ' || nullif(array_to_string(u.functions, ', '), ''), ''))
  from queue q cross join requests r cross join unclaimed u cross join settings t

  union all
  select 4, 'dead_jobs', null, d.dead = 0, jsonb_build_object('dead_24_hours', d.dead, 'latest', d.latest), d.last_success,
    format('%s jobs of the schedule ended dead in the last 24 hours%s', d.dead, coalesce('; the latest: ' || d.latest, ''))
  from (
    select count(*) as dead, (array_agg(format('job %s, %s: %s', j.id, j.error_code, j.error_message) order by j.finished_at desc))[1] as latest,
      (select max(x.finished_at) from public.jobs x where x.status = 'succeeded' and x.finished_at > now() - interval '1 day') as last_success
    from public.jobs j
    -- What only a request asked for is told to whoever asked (failure_class: request).
    join public.runs r on r.id = j.run_id and r.requested_via = 'schedule'
    where j.status = 'dead' and j.finished_at > now() - interval '1 day'
  ) d

  union all
  select 5, 'leases', null, q.stalled = 0,
    jsonb_build_object('running', q.running, 'past_lease', q.expired, 'past_lease_10_minutes', q.stalled), null::timestamptz,
    format('%s running jobs are past their lease%s', q.expired, case when q.expired > 0
      then format(', one for %s minutes', floor(extract(epoch from now() - q.earliest_expiry) / 60)) else '' end)
  from queue q

  union all
  select 6, 'workers', null,
    case
      when r.made = 0 then null
      else not (r.lately > 0 and r.lately_claimed = 0 and q.waiting > 0)
    end,
    jsonb_build_object('requests_last_hour', r.made, 'claimed_last_hour', r.claimed, 'last_request', r.last_request,
      'last_claim', r.last_claim), r.last_claim,
    format('%s workers were asked for in the last hour and %s of them claimed a job', r.made, r.claimed)
  from requests r cross join queue q

  union all
  select 7, 'requests', null,
    case when r.noted = 0 then null else not r.failing end,
    jsonb_build_object('answers_24_hours', r.noted, 'failed_24_hours', r.refused, 'latest_failure', r.failure), r.last_answer,
    format('of the last day''s requests through pg_net %s were answered or given up, %s of them failed%s', r.noted, r.refused,
      coalesce('; the latest: ' || r.failure, ''))
  from requests r

  union all
  select 8, 'forecasts', h.horizon,
    case when not t.publishing or p.expected is null or p.expected = 0 then null else p.there = p.expected end,
    jsonb_build_object('session', p.session_date, 'expected', coalesce(p.expected, 0), 'there', coalesce(p.there, 0), 'missing', m.names,
      'without_bars', coalesce(p.bare, 0)),
    p.last_issued,
    case
      when not t.publishing then 'publishing_enabled is false: nothing is forecast'
      when p.expected is null or p.expected = 0 then
        format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day', h.horizon)
      else format('%s of %s forecasts of the session of %s are there%s', p.there, p.expected, p.session_dates, coalesce('; missing: ' || (
        select string_agg(x.name, ', ' order by x.place) from jsonb_array_elements_text(m.names) with ordinality x(name, place)), '')
        || case when p.expected - p.there > jsonb_array_length(m.names)
          then format(' and %s more', p.expected - p.there - jsonb_array_length(m.names)) else '' end)
    end
  from listed h
  cross join settings t
  left join forecasts p on p.horizon = h.horizon
  cross join lateral (
    select coalesce(jsonb_agg(format('%s %s (%s)', x.symbol, x.ensemble, x.state) order by x.symbol, x.ensemble), '[]') as names
    from (
      select y.symbol, y.ensemble, y.state from missing y where y.horizon = h.horizon order by y.symbol, y.ensemble limit 20
    ) x
  ) m

  union all
  select 9, 'bars', h.horizon, case when p.behind is null then null else p.behind = 0 end,
    jsonb_build_object('session', p.session_date, 'symbols', p.symbols, 'symbols_behind', p.symbols_behind, 'most_sessions_behind', p.behind,
      'of', p.slowest, 'newest_bar', p.newest),
    p.newest,
    case
      when p.behind is null then format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day',
        h.horizon)
      when p.behind = 0 then format('all %s symbols have the session of %s', p.symbols, p.session_dates)
      else format('%s of %s symbols lack the session of %s; %s is %s sessions behind', p.symbols_behind, p.symbols, p.session_dates,
        p.slowest, p.behind)
    end
  from listed h
  cross join lateral (
    select max(x.session_date) as session_date, string_agg(distinct x.session_date::text, ', ') as session_dates,
      coalesce(sum(x.symbols), 0) as symbols,
      coalesce(sum(x.symbols) filter (where x.sessions_behind > 0), 0) as symbols_behind, max(x.sessions_behind) as behind,
      (array_agg(x.first_symbol order by x.sessions_behind desc, x.first_symbol))[1] as slowest, max(x.newest_bar) as newest
    from behind x where x.horizon = h.horizon
  ) p

  union all
  select 10, 'publishing', null, t.publishing, jsonb_build_object('publishing_enabled', t.publishing), null::timestamptz,
    case when t.publishing then 'forecasts are planned and published' else 'the kill switch is on: nothing is planned or published' end
  from settings t

  union all
  -- What comes with the code is renewed with it; an exchange publishes its closures a year or two ahead.
  select 11, 'calendar', null, bool_and(c.known_until > (now() + case c.source when 'rules' then interval '1 year' else interval '60 days' end)::date),
    jsonb_build_object('known_until', min(c.known_until), 'of', (array_agg(c.name order by c.known_until, c.name))[1],
      'calendars', jsonb_object_agg(c.name, c.known_until)), null::timestamptz,
    format('the trading calendar %s knows every session until %s%s', (array_agg(c.name order by c.known_until, c.name))[1], min(c.known_until),
      case when count(*) > 1 then format(', and is the first of %s in use to end', count(*)) else '' end)
  from public.calendars c
  where c.name = 'XNYS' or (select max(s.calendar) from public.symbols s where s.calendar = c.name and s.active) is not null

  union all
  select 12, 'alerts', null,
    case
      when d.failed + d.unknown + d.overdue > 0 then false
      when d.delivered = 0 then null
      else true
    end,
    jsonb_build_object('delivered_24_hours', d.delivered, 'failed_24_hours', d.failed, 'unknown_24_hours', d.unknown,
      'skipped_24_hours', d.skipped, 'waiting', d.waiting, 'waiting_half_an_hour', d.overdue, 'latest_reason', d.reason), d.last_delivered,
    format('of the last day''s alerts %s were delivered, %s failed, %s may not have arrived, %s were skipped; %s wait%s', d.delivered, d.failed,
      d.unknown, d.skipped, d.waiting, coalesce('; the latest: ' || d.reason, ''))
  from (
    select
      count(*) filter (where x.status = 'delivered') as delivered,
      count(*) filter (where x.status = 'failed') as failed,
      count(*) filter (where x.status = 'unknown') as unknown,
      count(*) filter (where x.status = 'skipped') as skipped,
      count(*) filter (where x.status in ('waiting', 'sent')) as waiting,
      count(*) filter (where x.status in ('waiting', 'sent') and x.created_at < now() - interval '30 minutes') as overdue,
      max(x.delivered_at) as last_delivered,
      (array_agg(x.reason order by x.id desc) filter (where x.reason is not null))[1] as reason
    from public.alert_deliveries x
    where x.level <> 'digest' and (x.created_at > now() - interval '1 day' or x.status in ('waiting', 'sent'))
  ) d

  union all
  -- Until a forecast from the new bars is there, current_forecasts has none of the symbol.
  select 13, 'restatements', null,
    case
      when not t.publishing or d.restated = 0 then null
      else d.since is null or d.since > now() - make_interval(mins => t.deadline_minutes)
    end,
    jsonb_build_object('restated_7_days', d.restated, 'waiting', d.waiting, 'since', d.since, 'first', d.first), null::timestamptz,
    format('of %s series that were restated in 7 days %s wait%s for a forecast from the new bars%s', d.restated, d.waiting,
      case when d.waiting = 1 then 's' else '' end,
      case when d.waiting > 0 then format(', since %s min: %s', greatest(floor(extract(epoch from now() - d.since) / 60), 0), array_to_string(d.first, ', '))
        || case when d.waiting > 20 then format(' and %s more', d.waiting - 20) else '' end else '' end)
  from settings t
  cross join (
    select count(*) as restated, count(*) filter (where w.waits) as waiting, min(w.restated_at) filter (where w.waits) as since,
      coalesce((array_agg(w.name order by w.restated_at, w.name) filter (where w.waits))[1:20], '{}') as first
    from (
      select b.restated_at, format('%s %s', v.symbol, v.horizon) as name,
        exists (
          select from public.forecasts x
          where x.symbol_id = b.symbol_id and x.horizon = b.timeframe and x.ensemble = e.ensemble and x.config_hash = e.config_hash)
        and not exists (
          select from public.forecasts x
          where x.symbol_id = b.symbol_id and x.horizon = b.timeframe and x.ensemble = e.ensemble and x.config_hash = e.config_hash
            and x.data_cutoff >= b.restated_to and x.issued_at >= b.restated_at) as waits
      from public.bar_series b
      join public.vw_serving_ensembles v on v.symbol_id = b.symbol_id and v.horizon = b.timeframe
      join public.ensembles e on e.ensemble = v.ensemble and e.active
      where b.restated_to is not null and b.restated_at > now() - interval '7 days'
    ) w
  ) d

  union all
  select 14, 'gaps', null,
    case when exists (select from public.bar_series b join public.symbols x on x.id = b.symbol_id and x.active) then d.noticed = 0 end,
    jsonb_build_object('bars', d.bars, 'series', d.lacking, 'noticed_7_days', d.noticed, 'newest', d.newest), null::timestamptz,
    case
      when d.bars = 0 then 'no series lacks a bar that its calendar has'
      else format('bars that calendars have and series lack (bar_gaps): %s, in %s series, %s of them noticed in 7 days; the newest: %s', d.bars, d.lacking,
        d.noticed, d.newest)
    end
  from (
    select count(*) as bars, count(distinct (g.symbol_id, g.timeframe)) as lacking, count(*) filter (where g.noticed_at > now() - interval '7 days') as noticed,
      (array_agg(format('%s %s of %s', s.symbol, g.timeframe, (g.bar_time at time zone 'UTC')::date) order by g.bar_time desc, s.symbol))[1] as newest
    from public.bar_gaps g
    join public.symbols s on s.id = g.symbol_id and s.active
  ) d

  union all
  -- Forecasts go on without it: what is late fails for a week, what is gone or never was says so and fails no more.
  select 15, 'covariates', v.symbol,
    case when v.last_bar_time is null or v.session_date is null or v.sessions_behind > 5 then null else v.sessions_behind = 0 end,
    jsonb_build_object('measures', to_jsonb(v.measures), 'ensembles', to_jsonb(v.ensembles), 'session', v.session_date,
      'sessions_behind', case when v.last_bar_time is not null and v.session_date is not null then v.sessions_behind end, 'newest_bar', v.last_bar_time),
    v.last_bar_time,
    case
      when v.last_bar_time is null then format('%s is named as a covariate (%s) and has no daily bars: forecasts are made without it', v.symbol,
        array_to_string(v.ensembles, ', '))
      when v.session_date is null then format('nothing is expected of the covariate %s: no active symbol has its calendar', v.symbol)
      when v.sessions_behind = 0 then format('the covariate %s has the session of %s', v.symbol, v.session_date)
      else format('the covariate %s is %s sessions behind, its last bar is of %s: forecasts from later bars are made without it%s', v.symbol, v.sessions_behind,
        (v.last_bar_time at time zone 'UTC')::date,
        case when v.sessions_behind > 5 then '; if it has ended, deploy a candidate that does not name it' else '' end)
    end
  from covariates v
)
select
  c.check_name,
  c.subject,
  v.ok,
  case when v.ok is null then 'insufficient' when v.ok then 'ok' else 'failing' end as status,
  c.figures,
  c.last_good_at,
  c.sentence
from checks c
cross join setup u
-- What was never configured does not fail for want of a schedule.
cross join lateral (
  select case when u.there or u.ticked or c.check_name not in ('cron', 'slot', 'forecasts', 'bars', 'covariates') then c.ok end as ok
) v
-- A user who may not see these rows would find all checks failing.
where (select internal.may_read_operations())
order by c.place, c.subject;
comment on view public.vw_run_health is
  'Whether what runs unattended does run: one row per check (configuration, cron, slot, queue, dead_jobs, leases, workers, requests, forecasts, bars, '
  'publishing, calendar, alerts, restatements, gaps, covariates), computed from rows and from now(). docs/operations.md says what to do about each.';
comment on column public.vw_run_health.check_name is 'The check.';
comment on column public.vw_run_health.subject is 'Cron job, slot, horizon or covariate that it is about; null when there is but one.';
comment on column public.vw_run_health.ok is 'Whether all is well; null when there is nothing to tell it by.';
comment on column public.vw_run_health.status is 'ok, failing, or insufficient: nothing is known.';
comment on column public.vw_run_health.figures is 'What it was told by.';
comment on column public.vw_run_health.last_good_at is 'When it was last seen well, UTC; null when never, or where that means nothing.';
comment on column public.vw_run_health.sentence is 'The same in words.';

revoke all on public.vw_run_health from anon, authenticated, service_role;
grant select on public.vw_run_health to authenticated, service_role;
