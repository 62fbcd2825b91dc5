-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- Nothing looked at forecasts_latest; by a ticker all forecasts were searched.
create index forecasts_of_symbol on public.forecasts (symbol, horizon, data_cutoff);
-- squawk-ignore require-concurrent-index-deletion
drop index public.forecasts_latest;

-- rollout/views/vw_ensemble_assignments.sql
-- Who serves and what is planned: one rule, from the latest rollout and the registry. Promoting and rolling back change rows of rollouts
-- and rollout_symbols; what serves follows in the same transaction.
create or replace view public.vw_ensemble_assignments with (security_invoker = true) as
select
  s.id as symbol_id,
  s.symbol,
  h.horizon,
  n.ensemble,
  -- This and is_serving are said so that the planner expects about as many rows as there are: of `= any` it expects a twentieth.
  s.active and array_position(s.horizons, h.horizon) is not null as is_listed,
  case
    -- Also beside a rollout that is completed, so that a rollback is possible at once.
    when n.ensemble = 'baseline' then r.is_baseline_active
    when r.id is null then r.is_candidate_active
    when not r.is_the_rollouts then false
    when r.status = 'running' then m.rollout_id is not null
    else r.status = 'completed'
  end as is_planned,
  case when n.ensemble = coalesce(r.ensemble, m.ensemble, 'baseline') then true else false end as is_serving,
  coalesce(r.because, r.reached || m.stage, r.not_reached) as because,
  m.joined_at as reached_at
from public.symbols s
cross join unnest(array['1D', '4h', '8h']) h(horizon)
cross join (
  -- What is the same for every symbol: `ensemble` serves them all, `because` says why; both are null where it goes by the symbol.
  select l.id, l.status, k.is_the_rollouts, k.is_candidate_active, k.is_baseline_active,
    case
      when l.id is null then case when k.is_candidate_active then 'candidate' else 'baseline' end
      when not k.is_the_rollouts or l.status = 'rolled_back' then 'baseline'
      when l.status = 'completed' then 'candidate'
    end as ensemble,
    case
      when l.id is null and k.is_candidate_active then 'no rollout yet, and a candidate is active'
      when l.id is null then 'no rollout yet, and no candidate is active'
      when l.status = 'rolled_back' then format('rollout %s was rolled back: %s', l.id, l.ended_because)
      when not k.is_the_rollouts then format('the candidate is not the one of rollout %s any more, or not active', l.id)
      when l.status = 'completed' then format('rollout %s is completed', l.id)
    end as because,
    format('rollout %s reached it in stage ', l.id) as reached,
    format('rollout %s has not reached it in stage %s', l.id, l.stage) as not_reached
  from (values (1)) one(row)
  left join (
    select x.id, x.status, x.stage, x.ended_because, x.candidate_hash from public.rollouts x order by x.id desc limit 1
  ) l on true
  cross join lateral (
    -- What was put in the candidate's place by hand nobody has judged.
    select coalesce(bool_or(e.active) filter (where e.ensemble = 'candidate'), false) as is_candidate_active,
      coalesce(bool_or(e.active) filter (where e.ensemble = 'baseline'), false) as is_baseline_active,
      coalesce(bool_or(e.active) filter (where e.ensemble = 'candidate' and e.config_hash = l.candidate_hash), false) as is_the_rollouts
    from public.ensembles e
  ) k
  -- Once, and not for every symbol.
  limit 1
) r
left join public.rollout_symbols m on m.rollout_id = r.id and m.symbol_id = s.id and h.horizon = any (m.horizons)
cross join unnest(array['baseline', 'candidate']) n(ensemble);
comment on view public.vw_ensemble_assignments is
  'What each ensemble does for each symbol and horizon, by the latest rollout: the one rule that planning, serving and answering follow.';
comment on column public.vw_ensemble_assignments.symbol_id is 'The symbol, active or not.';
comment on column public.vw_ensemble_assignments.symbol is 'Ticker.';
comment on column public.vw_ensemble_assignments.horizon is 'Horizon: each of the three, whether the symbol has it or not.';
comment on column public.vw_ensemble_assignments.ensemble is 'candidate or baseline.';
comment on column public.vw_ensemble_assignments.is_listed is 'Whether the symbol is active and the horizon among its own.';
comment on column public.vw_ensemble_assignments.is_planned is
  'Whether the schedule makes forecasts, windows and checks with it, where is_listed: an active ensemble, without a rollout; with one the '
  'baseline everywhere, and the candidate, while its configuration is the rollout''s, where it has come to, or everywhere once it is completed.';
comment on column public.vw_ensemble_assignments.is_serving is 'Whether it is the one of the two that apps read and requests are answered by.';
comment on column public.vw_ensemble_assignments.because is 'Why the one that serves does.';
comment on column public.vw_ensemble_assignments.reached_at is 'When the latest rollout came to the symbol, UTC; null where it has not.';

revoke all on public.vw_ensemble_assignments from anon, authenticated, service_role;
grant select on public.vw_ensemble_assignments to authenticated, service_role;

-- forecasts/views/current_forecasts.sql
-- A look at an index for each symbol and horizon, however many forecasts there are. Symbol and horizon are the registry's, so that who asks for
-- some, or for a page in their order, looks for no others. An order of the view's own would come before a reader's limit.
create or replace view public.current_forecasts with (security_invoker = true) as
select
  f.id, v.symbol_id, v.symbol, v.horizon, f.ensemble, f.config_hash, f.code_version, f.data_cutoff, f.target_time,
  f.issued_at, f.last_close, f.forecast_return, f.forecast_price, f.scale, f.probability_up, f.lower_50, f.upper_50,
  f.lower_80, f.upper_80, f.lower_90, f.upper_90, f.lower_95, f.upper_95, q.levels as quantile_levels, f.return_quantiles,
  f.members, f.artifact_id, f.run_id, f.direction, f.confidence, f.direction_thresholds, f.agreement, f.mean_spread,
  f.scale_ratio, f.drivers, f.quality_notes
from public.vw_serving_ensembles v
left join lateral (
  select l.id, l.issued_at, l.data_cutoff
  from public.ensembles e
  cross join lateral (
    select x.id, x.issued_at, x.data_cutoff
    from public.forecasts x
    where x.symbol_id = v.symbol_id and x.horizon = v.horizon and x.ensemble = e.ensemble and x.config_hash = e.config_hash
    order by x.data_cutoff desc
    limit 1
  ) l
  where e.active and e.ensemble = v.ensemble
  limit 1
) own on true
left join lateral (
  -- Looked for only where it may be shown. A candidate that has only just come to a symbol has no forecast yet: until then nobody is left
  -- without one. Nor does one that it made in an earlier rollout stand before a newer one of the baseline.
  select l.id, l.data_cutoff
  from public.ensembles e
  cross join lateral (
    select x.id, x.data_cutoff
    from public.forecasts x
    where x.symbol_id = v.symbol_id and x.horizon = v.horizon and x.ensemble = e.ensemble and x.config_hash = e.config_hash
    order by x.data_cutoff desc
    limit 1
  ) l
  where e.active and e.ensemble = 'baseline' and v.ensemble <> 'baseline' and (own.id is null or own.issued_at < v.reached_at)
  limit 1
) baseline on true
join public.forecasts f on f.id = case when baseline.id is null or own.data_cutoff >= baseline.data_cutoff then own.id else baseline.id end
join public.quantile_levels q on q.id = f.quantile_levels_id
where (select t.value from public.settings t where t.name = 'publishing_enabled') = 'true';
comment on view public.current_forecasts is
  'What apps read: the latest forecast by symbol and horizon of the ensemble that serves it (vw_serving_ensembles), made with its present '
  'configuration; the baseline''s where a candidate that serves has none yet, or none newer since this rollout came to it; empty while '
  'publishing_enabled is false.';

revoke all on public.current_forecasts from anon, authenticated, service_role;
grant select on public.current_forecasts to authenticated, service_role;

-- forecasts/views/vw_forecast_presence.sql
create or replace view public.vw_forecast_presence with (security_invoker = true) as
with recent as (
  select d.date, coalesce(x.half_day, false) as half_day,
    (d.date + case when x.half_day then '13:00'::time else '16:00' end) at time zone 'America/New_York' as close_at
  from (
    select g.day::date as date
    from generate_series(
      (now() at time zone 'America/New_York')::date - interval '14 days', (now() at time zone 'America/New_York')::date,
      interval '1 day') g(day)
  ) d
  cross join lateral (
    select bool_or(e.kind = 'closed') as closed, bool_and(e.kind = 'half_day') as half_day
    from public.calendar_exceptions e where e.session_date = d.date
  ) x
  where extract(isodow from d.date) < 6 and x.closed is not true
), session as (
  select r.date, r.half_day
  from recent r
  where r.close_at + make_interval(mins => (
    select (t.value #>> '{}')::integer from public.settings t where t.name = 'forecast_deadline_minutes')) <= now()
  order by r.date desc
  limit 1
), origin as materialized (
  -- The bar that forecasts over each horizon start from.
  select h.horizon, l.date, h.cutoff
  from session l
  cross join lateral (values
    ('1D', l.date::timestamp at time zone 'UTC'),
    ('4h', (l.date + case when l.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York'),
    ('8h', case when not l.half_day then (l.date + '09:30'::time) at time zone 'America/New_York' end)
  ) h(horizon, cutoff)
  where h.cutoff is not null
    and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? h.horizon)
)
select
  s.symbol,
  s.stage,
  a.horizon,
  e.ensemble,
  o.date as session_date,
  o.cutoff as expected_cutoff,
  b.last_bar_time as newest_bar,
  f.id as forecast_id,
  f.issued_at,
  case
    when f.symbol_id is not null then 'there'
    when b.last_bar_time is null then 'no_bars'
    when b.last_bar_time < o.cutoff then 'bar_missing'
    else 'forecast_missing'
  end as state
from origin o
join public.vw_ensemble_assignments a on a.horizon = o.horizon
join public.symbols s on s.id = a.symbol_id
join public.ensembles e on e.ensemble = a.ensemble
left join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = a.horizon
left join (
  -- All forecasts from these bars at once: a look at an index for each bar, however many symbols there are.
  select x.id, x.symbol_id, x.horizon, x.ensemble, x.config_hash, x.issued_at
  from origin c
  join public.forecasts x on x.data_cutoff = c.cutoff and x.horizon = c.horizon
) f on f.symbol_id = a.symbol_id and f.horizon = a.horizon and f.ensemble = e.ensemble and f.config_hash = e.config_hash
where a.is_listed and a.is_planned;
comment on view public.vw_forecast_presence is
  'The forecasts that should be there from the last session whose deadline (close and forecast_deadline_minutes) has passed: one row per '
  'active symbol, horizon and ensemble that is planned for it. From a half day''s close no 8h forecast is issued, so none is listed.';
comment on column public.vw_forecast_presence.symbol is 'Ticker.';
comment on column public.vw_forecast_presence.stage is 'Its rollout stage.';
comment on column public.vw_forecast_presence.horizon is 'Horizon.';
comment on column public.vw_forecast_presence.ensemble is 'candidate or baseline.';
comment on column public.vw_forecast_presence.session_date is 'The session.';
comment on column public.vw_forecast_presence.expected_cutoff is 'bar_time of the session''s last bar that a forecast starts from, UTC.';
comment on column public.vw_forecast_presence.newest_bar is 'bar_time of the newest stored bar, UTC.';
comment on column public.vw_forecast_presence.forecast_id is 'The forecast from that bar; null when there is none.';
comment on column public.vw_forecast_presence.issued_at is 'When it was stored, UTC.';
comment on column public.vw_forecast_presence.state is
  'there; no_bars: the symbol has none at all; bar_missing: the session''s bar has not come; forecast_missing: it has, and no forecast.';

revoke all on public.vw_forecast_presence from anon, authenticated, service_role;
grant select on public.vw_forecast_presence to authenticated, service_role;

-- planning/functions/plan_divergence_checks.sql
create or replace function internal.plan_divergence_checks(p_symbol_ids bigint[], p_date date) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_horizon text;
  v_payload jsonb;
  v_runs jsonb;
  v_planned integer := 0;
begin
  for v_horizon in select h.name from jsonb_object_keys(internal.setting('window_sizes')) h(name) order by h.name loop
    v_payload := internal.horizon_payload(v_horizon);
    select jsonb_agg(jsonb_build_object(
      'key', format('divergence_check:%s:%s:%s:%s:%s', a.symbol, v_horizon, e.ensemble, e.config_hash, p_date), 'ensemble', e.ensemble,
      'params', jsonb_build_object('symbols', jsonb_build_array(a.symbol), 'horizon', v_horizon),
      'jobs', jsonb_build_array(jsonb_build_object('subject', a.symbol,
        'payload', v_payload || jsonb_build_object('symbol', a.symbol, 'ensemble', e.ensemble))))
      order by a.symbol_id, e.ensemble) into v_runs
    from public.vw_ensemble_assignments a
    join public.ensembles e on e.ensemble = a.ensemble
    -- Looked up for each, not joined to all windows that there are: hence the limit.
    cross join lateral (
      select from public.vw_valid_windows w
      where w.symbol_id = a.symbol_id and w.horizon = v_horizon and w.config_hash = e.config_hash
      limit 1
    ) w
    where a.symbol_id = any (p_symbol_ids) and a.horizon = v_horizon and a.is_listed and a.is_planned;
    v_planned := v_planned + internal.add_planned_runs('divergence_check', 'check_divergence', coalesce(v_runs, '[]'));
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_divergence_checks(bigint[], date) is
  'Plans for these symbols a divergence check, once a date, of every horizon and ensemble with validated windows; returns how many.';
revoke execute on function internal.plan_divergence_checks(bigint[], date) from public;

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
  select p.symbol, p.horizon, p.ensemble, p.session_date, p.expected_cutoff, p.newest_bar, p.issued_at, p.state
  from public.vw_forecast_presence p
), forecasts as (
  select p.horizon, max(p.session_date) as session_date, count(*) filter (where p.state <> 'no_bars') as expected,
    count(*) filter (where p.state = 'there') as there, count(*) filter (where p.state = 'no_bars') as bare, max(p.issued_at) as last_issued
  from presence p group by p.horizon
), behind as materialized (
  -- Counted once for all symbols that have the same newest bar.
  select b.*, case when b.newest_bar >= b.expected_cutoff then 0 else greatest(1, (
    select count(*) from generate_series(
      (b.newest_bar at time zone 'UTC')::date + interval '1 day', b.session_date::timestamp, interval '1 day') g(day)
    where extract(isodow from g.day) < 6
      and not exists (select from public.calendar_exceptions e where e.session_date = g.day::date and e.kind = 'closed')
  )) end as sessions_behind
  from (
    select s.horizon, s.session_date, s.expected_cutoff, s.newest_bar, count(*) as symbols, min(s.symbol) as first_symbol
    from (
      select p.horizon, p.symbol, p.session_date, p.expected_cutoff, p.newest_bar
      from presence p where p.newest_bar is not null group by p.horizon, p.symbol, p.session_date, p.expected_cutoff, p.newest_bar
    ) s
    group by s.horizon, s.session_date, s.expected_cutoff, s.newest_bar
  ) b
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
    case when not t.publishing or p.expected is null or p.expected = 0 then null else p.there = p.expected end,
    jsonb_build_object('session', p.session_date, 'expected', coalesce(p.expected, 0), 'there', coalesce(p.there, 0), 'missing', m.names,
      'without_bars', coalesce(p.bare, 0)),
    p.last_issued,
    case
      when not t.publishing then 'publishing_enabled is false: nothing is forecast'
      when p.expected is null or p.expected = 0 then
        format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day', h.horizon)
      else format('%s of %s forecasts of the session of %s are there%s', p.there, p.expected, p.session_date, coalesce('; missing: ' || (
        select string_agg(x.name, ', ' order by x.place) from jsonb_array_elements_text(m.names) with ordinality x(name, place)), '')
        || case when p.expected - p.there > jsonb_array_length(m.names)
          then format(' and %s more', p.expected - p.there - jsonb_array_length(m.names)) else '' end)
    end
  from (select distinct unnest(s.horizons) as horizon from public.symbols s where s.active) h
  cross join settings t
  left join forecasts p on p.horizon = h.horizon
  cross join lateral (
    select coalesce(jsonb_agg(format('%s %s (%s)', x.symbol, x.ensemble, x.state) order by x.symbol, x.ensemble), '[]') as names
    from (
      select y.symbol, y.ensemble, y.state from presence y
      where y.horizon = h.horizon and y.state not in ('there', 'no_bars')
      order by y.symbol, y.ensemble limit 20
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
      when p.behind = 0 then format('all %s symbols have the session of %s', p.symbols, p.session_date)
      else format('%s of %s symbols lack the session of %s; %s is %s sessions behind', p.symbols_behind, p.symbols, p.session_date,
        p.slowest, p.behind)
    end
  from (select distinct unnest(s.horizons) as horizon from public.symbols s where s.active) h
  cross join lateral (
    select max(x.session_date) as session_date, coalesce(sum(x.symbols), 0) as symbols,
      coalesce(sum(x.symbols) filter (where x.sessions_behind > 0), 0) as symbols_behind, max(x.sessions_behind) as behind,
      (array_agg(x.first_symbol order by x.sessions_behind desc, x.first_symbol))[1] as slowest, max(x.newest_bar) as newest
    from behind x where x.horizon = h.horizon
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
