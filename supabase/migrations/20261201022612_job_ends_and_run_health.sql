-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- queue/functions/end_job.sql
create or replace function internal.end_job(p_job public.jobs, p_status text, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_run public.runs;
  v_failure record;
  v_next public.job_kinds;
begin
  -- Siblings that end at the same time take turns here, so that exactly one of them is the last. Each has a row of its result that refers to
  -- the run: a lock that shuts these references out would make two of them wait for each other.
  select r.* into v_run from public.runs r where r.id = p_job.run_id for no key update;

  delete from public.job_checkpoints c where c.job_id = p_job.id;
  update public.jobs
  set status = p_status, lease_token = null, lease_until = null, finished_at = now(),
    progress = case when p_status = 'succeeded' then 1 else progress end,
    error_code = p_code, error_message = p_message
  where id = p_job.id;
  v_run.jobs_done := v_run.jobs_done + 1;

  if v_run.jobs_done = v_run.jobs_total then
    select n.* into v_next
    from public.job_kinds k
    join public.job_kinds n on n.kind = k.followed_by
    where k.kind = p_job.kind
      and exists (select from public.jobs j where j.run_id = v_run.id and j.status = 'succeeded');
    if v_next.kind is not null then
      -- About the run's subject, and not about the one window that happened to end last.
      insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
      values (v_run.id, v_next.kind, format('%s:%s', v_run.id, v_next.kind), p_job.payload - 'window_id', v_next.priority);
      v_run.jobs_total := v_run.jobs_total + 1;
      perform internal.request_workers(1);
    end if;
  end if;

  update public.runs set jobs_done = v_run.jobs_done, jobs_total = v_run.jobs_total where id = v_run.id;

  if v_run.jobs_done = v_run.jobs_total then
    select j.error_code, j.error_message into v_failure
    from public.jobs j where j.run_id = v_run.id and j.status = 'dead' order by j.id limit 1;
    update public.runs
    set status = case when v_failure.error_code is null then 'succeeded' else 'failed' end,
      error_code = v_failure.error_code, error_message = v_failure.error_message, finished_at = now()
    where id = v_run.id;
  end if;
end
$$;
comment on function internal.end_job(public.jobs, text, text, text) is
  'Ends a job and, with the last one, its run; after its last job of a kind that another follows (job_kinds), that one is planned.';
revoke execute on function internal.end_job(public.jobs, text, text, text) from public;

-- forecasts/functions/store_forecast.sql
create or replace function internal.store_forecast(p_run_id uuid, p_artifact_id bigint, p_row jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_row public.forecasts;
  v_bars_stored_at timestamptz;
begin
  v_row := jsonb_populate_record(null::public.forecasts, p_row);
  v_row.quantile_levels_id := internal.quantile_levels_id(
    (jsonb_populate_record(null::public.quantile_levels, jsonb_build_object('levels', p_row -> 'quantile_levels'))).levels);
  select s.id into v_row.symbol_id from public.symbols s where s.symbol = p_row ->> 'symbol';
  if v_row.symbol_id is null then
    -- Renamed since the forecast was asked for.
    perform internal.refuse(404, 'unknown_symbol', format('There is no symbol %s', p_row ->> 'symbol'));
  end if;

  -- A forecast once issued stands, unless the bars it was made from were restated since: its prices are then of another series.
  select max(b.ingested_at) into v_bars_stored_at
  from public.bars b
  where b.symbol_id = v_row.symbol_id and b.timeframe = internal.timeframe_of(v_row.horizon)
    and b.bar_time <= v_row.data_cutoff;
  delete from public.forecasts f
  where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff)
    and f.issued_at < v_bars_stored_at;

  insert into public.forecasts (
    symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, last_close,
    forecast_return, forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80,
    lower_90, upper_90, lower_95, upper_95, quantile_levels_id, return_quantiles, members, artifact_id, run_id,
    direction, confidence, direction_thresholds, agreement, mean_spread, scale_ratio, drivers, quality_notes)
  values (
    v_row.symbol_id, v_row.symbol, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.code_version,
    v_row.data_cutoff, v_row.target_time, v_row.last_close, v_row.forecast_return, v_row.forecast_price, v_row.scale,
    v_row.probability_up, v_row.lower_50, v_row.upper_50, v_row.lower_80, v_row.upper_80, v_row.lower_90, v_row.upper_90,
    v_row.lower_95, v_row.upper_95, v_row.quantile_levels_id, v_row.return_quantiles, v_row.members, p_artifact_id, p_run_id,
    v_row.direction, v_row.confidence, v_row.direction_thresholds, v_row.agreement, v_row.mean_spread, v_row.scale_ratio,
    coalesce(v_row.drivers, '[]'), coalesce(v_row.quality_notes, '[]'))
  on conflict on constraint forecasts_one_a_cutoff do nothing;

  return (
    select f.id from public.forecasts f
    where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff));
end
$$;
comment on function internal.store_forecast(uuid, bigint, jsonb) is
  'Stores a forecast (a row of forecasts as JSON, with its quantile_levels) and returns its id. The first one for a cutoff and configuration stands, until its '
  'bars are restated. Raises unknown_symbol.';
revoke execute on function internal.store_forecast(uuid, bigint, jsonb) from public;

-- schedule/views/vw_run_health.sql
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
    where w.function_name = d.function_name and w.claimed_at between now() - interval '15 minutes' and now() + interval '10 minutes')
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
  select p.*, case when p.newest_bar >= p.expected_cutoff then 0 when p.newest_bar is not null then greatest(1, (
    select count(*) from generate_series(
      (p.newest_bar at time zone 'UTC')::date + interval '1 day', p.session_date::timestamp, interval '1 day') g(day)
    where extract(isodow from g.day) < 6
      and not exists (select from public.calendar_exceptions e where e.session_date = g.day::date and e.kind = 'closed')
  )) end as sessions_behind
  from public.vw_forecast_presence p
), settings as (
  select max(t.value #>> '{}') filter (where t.name = 'publishing_enabled') = 'true' as publishing,
    max(t.value #>> '{}') filter (where t.name = 'max_workers') as max_workers,
    max(t.value #>> '{}') filter (where t.name = 'max_workers_cap') as max_workers_cap
  from public.settings t where t.name in ('publishing_enabled', 'max_workers', 'max_workers_cap')
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
    format('%s jobs ended dead in the last 24 hours%s', d.dead, coalesce('; the latest: ' || d.latest, ''))
  from (
    select count(*) as dead, (array_agg(format('job %s, %s: %s', j.id, j.error_code, j.error_message) order by j.finished_at desc))[1] as latest,
      (select max(x.finished_at) from public.jobs x where x.status = 'succeeded' and x.finished_at > now() - interval '1 day') as last_success
    from public.jobs j where j.status = 'dead' and j.finished_at > now() - interval '1 day'
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
    case when not t.publishing or p.expected = 0 then null else p.there = p.expected end,
    jsonb_build_object('session', p.session_date, 'expected', p.expected, 'there', p.there, 'missing', p.missing, 'without_bars', p.bare),
    p.last_issued,
    case
      when not t.publishing then 'publishing_enabled is false: nothing is forecast'
      when p.expected = 0 then format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day',
        h.horizon)
      else format('%s of %s forecasts of the session of %s are there%s', p.there, p.expected, p.session_date, coalesce('; missing: ' || (
        select string_agg(m.name, ', ' order by m.name) from jsonb_array_elements_text(p.missing) m(name)), ''))
    end
  from (select distinct unnest(s.horizons) as horizon from public.symbols s where s.active) h
  cross join settings t
  cross join lateral (
    select max(x.session_date) as session_date, count(*) filter (where x.state <> 'no_bars') as expected,
      count(*) filter (where x.state = 'there') as there, count(*) filter (where x.state = 'no_bars') as bare,
      coalesce(jsonb_agg(format('%s %s (%s)', x.symbol, x.ensemble, x.state)) filter (where x.state not in ('there', 'no_bars')), '[]')
        as missing,
      max(x.issued_at) as last_issued
    from presence x where x.horizon = h.horizon
  ) p

  union all
  select 9, 'bars', h.horizon, case when p.behind is null then null else p.behind = 0 end,
    jsonb_build_object('session', p.session_date, 'symbols', p.symbols, 'symbols_behind', p.symbols_behind, 'most_sessions_behind', p.behind,
      'of', p.slowest, 'newest_bar', p.newest),
    p.newest,
    case
      when p.behind is null then format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day',
        h.horizon)
      when p.behind = 0 then format('all %s symbols have the session of %s', p.symbols, p.session_date)
      else format('%s of %s symbols lack the session of %s; %s is %s sessions behind', p.symbols_behind, p.symbols, p.session_date,
        p.slowest, p.behind)
    end
  from (select distinct unnest(s.horizons) as horizon from public.symbols s where s.active) h
  cross join lateral (
    select max(x.session_date) as session_date, count(distinct x.symbol) as symbols,
      count(distinct x.symbol) filter (where x.sessions_behind > 0) as symbols_behind, max(x.sessions_behind) as behind,
      (array_agg(x.symbol order by x.sessions_behind desc, x.symbol))[1] as slowest, max(x.newest_bar) as newest
    from presence x where x.horizon = h.horizon and x.newest_bar is not null
  ) p

  union all
  select 10, 'publishing', null, t.publishing, jsonb_build_object('publishing_enabled', t.publishing), null::timestamptz,
    case when t.publishing then 'forecasts are planned and published' else 'the kill switch is on: nothing is planned or published' end
  from settings t

  union all
  select 11, 'calendar', null, c.until > (now() + interval '1 year')::date, jsonb_build_object('known_until', c.until), null::timestamptz,
    format('the trading calendar knows every session until %s', c.until)
  from (
    select make_date(extract(year from max(e.session_date))::integer, 12, 31) as until
    from public.calendar_exceptions e where e.source = 'rules'
  ) c

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
  select case when u.there or u.ticked or c.check_name not in ('cron', 'slot', 'forecasts', 'bars') then c.ok end as ok
) v
order by c.place, c.subject;
comment on view public.vw_run_health is
  'Whether what runs unattended does run: one row per check (configuration, cron, slot, queue, dead_jobs, leases, workers, requests, forecasts, bars, '
  'publishing, calendar, alerts), computed from rows and from now(). docs/operations.md says what to do about each.';
comment on column public.vw_run_health.check_name is 'The check.';
comment on column public.vw_run_health.subject is 'Cron job, slot or horizon that it is about; null when there is but one.';
comment on column public.vw_run_health.ok is 'Whether all is well; null when there is nothing to tell it by.';
comment on column public.vw_run_health.status is 'ok, failing, or insufficient: nothing is known.';
comment on column public.vw_run_health.figures is 'What it was told by.';
comment on column public.vw_run_health.last_good_at is 'When it was last seen well, UTC; null when never, or where that means nothing.';
comment on column public.vw_run_health.sentence is 'The same in words.';

revoke all on public.vw_run_health from anon, authenticated, service_role;
grant select on public.vw_run_health to authenticated, service_role;
