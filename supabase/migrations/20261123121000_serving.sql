-- Who serves and what is planned: one rule, from the latest rollout and the registry. Promoting and rolling back change rows of rollouts
-- and rollout_symbols; everything below follows in the same transaction.

create view public.vw_ensemble_assignments with (security_invoker = true) as
select
  s.id as symbol_id,
  s.symbol,
  h.horizon,
  n.ensemble,
  s.active and h.horizon = any (s.horizons) as is_listed,
  coalesce(e.active, false) and case
    when r.id is null then true
    when n.ensemble = 'baseline' then true
    when not candidate.is_the_rollouts then false
    when r.status = 'running' then m.rollout_id is not null
    -- Completed: the baseline goes on beside it, so that a rollback is possible at once.
    else r.status = 'completed'
  end as is_planned,
  n.ensemble = w.ensemble as is_serving,
  w.because,
  m.joined_at as reached_at
from public.symbols s
cross join unnest(array['1D', '4h', '8h']) h(horizon)
left join (
  select x.id, x.status, x.stage, x.ended_because, x.candidate_hash from public.rollouts x order by x.id desc limit 1
) r on true
cross join lateral (
  -- What was put in its place by hand nobody has judged.
  select coalesce(bool_or(c.active), false) as is_active, coalesce(bool_or(c.active and c.config_hash = r.candidate_hash), false) as is_the_rollouts
  from public.ensembles c where c.ensemble = 'candidate'
) candidate
left join public.rollout_symbols m on m.rollout_id = r.id and m.symbol_id = s.id and h.horizon = any (m.horizons)
cross join lateral (
  select
    case
      when r.id is null then case when candidate.is_active then 'candidate' else 'baseline' end
      when not candidate.is_the_rollouts then 'baseline'
      when r.status = 'completed' then 'candidate'
      when r.status = 'running' then coalesce(m.ensemble, 'baseline')
      else 'baseline'
    end as ensemble,
    case
      when r.id is null and candidate.is_active then 'no rollout yet, and a candidate is active'
      when r.id is null then 'no rollout yet, and no candidate is active'
      when r.status = 'rolled_back' then format('rollout %s was rolled back: %s', r.id, r.ended_because)
      when not candidate.is_the_rollouts then format('the candidate is not the one of rollout %s any more, or not active', r.id)
      when r.status = 'completed' then format('rollout %s is completed', r.id)
      when m.rollout_id is null then format('rollout %s has not reached it in stage %s', r.id, r.stage)
      else format('rollout %s reached it in stage %s', r.id, m.stage)
    end as because
) w
cross join unnest(array['baseline', 'candidate']) n(ensemble)
left join public.ensembles e on e.ensemble = n.ensemble;
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

create view public.vw_serving_ensembles with (security_invoker = true) as
select a.symbol_id, a.symbol, a.horizon, a.ensemble, a.because, a.reached_at
from public.vw_ensemble_assignments a
where a.is_listed and a.is_serving;
comment on view public.vw_serving_ensembles is 'Which ensemble serves: one row per active symbol and horizon of its own.';
comment on column public.vw_serving_ensembles.symbol_id is 'The symbol.';
comment on column public.vw_serving_ensembles.symbol is 'Ticker.';
comment on column public.vw_serving_ensembles.horizon is 'Horizon.';
comment on column public.vw_serving_ensembles.ensemble is 'candidate or baseline: whose forecasts current_forecasts shows.';
comment on column public.vw_serving_ensembles.because is 'Why: no rollout yet, or how far the latest one is.';
comment on column public.vw_serving_ensembles.reached_at is 'When the latest rollout came to the symbol, UTC; null where it has not.';
revoke all on public.vw_serving_ensembles from anon, authenticated, service_role;
grant select on public.vw_serving_ensembles to authenticated, service_role;

-- One look at an index for each symbol and horizon, however many forecasts there are. Symbol and horizon are the registry's, so that who
-- asks for one of them looks for no other.
create or replace view public.current_forecasts with (security_invoker = true) as
select
  f.id, v.symbol_id, v.symbol, v.horizon, f.ensemble, f.config_hash, f.code_version, f.data_cutoff, f.target_time,
  f.issued_at, f.last_close, f.forecast_return, f.forecast_price, f.scale, f.probability_up, f.lower_50, f.upper_50,
  f.lower_80, f.upper_80, f.lower_90, f.upper_90, f.lower_95, f.upper_95, f.quantile_levels, f.return_quantiles,
  f.members, f.artifact_id, f.run_id, f.direction, f.confidence, f.direction_thresholds, f.agreement, f.mean_spread,
  f.scale_ratio, f.drivers, f.quality_notes
from public.vw_serving_ensembles v
cross join lateral (
  -- A candidate that has only just come to a symbol has no forecast yet: until then nobody is left without one.
  select l.*
  from public.ensembles e
  cross join lateral (
    select x.*
    from public.forecasts x
    where x.symbol_id = v.symbol_id and x.horizon = v.horizon and x.ensemble = e.ensemble and x.config_hash = e.config_hash
    order by x.data_cutoff desc
    limit 1
  ) l
  where e.active and e.ensemble in (v.ensemble, 'baseline')
  -- Nor does one that it made in an earlier rollout stand before a newer one of the baseline.
  order by e.ensemble = v.ensemble and l.issued_at >= coalesce(v.reached_at, '-infinity') desc, l.data_cutoff desc, e.ensemble = v.ensemble desc
  limit 1
) f
where (select t.value from public.settings t where t.name = 'publishing_enabled') = 'true'
order by v.symbol_id, v.horizon;
comment on view public.current_forecasts is
  'What apps read: the latest forecast by symbol and horizon of the ensemble that serves it (vw_serving_ensembles), made with its present '
  'configuration; the baseline''s where a candidate that serves has none yet, or none newer since this rollout came to it; empty while '
  'publishing_enabled is false.';

create function internal.planned_ensembles(p_symbol_id bigint, p_horizon text) returns setof public.ensembles
language sql stable set search_path = ''
as $$
  select e.*
  from public.vw_ensemble_assignments a
  join public.ensembles e on e.ensemble = a.ensemble
  where a.symbol_id = p_symbol_id and a.horizon = p_horizon and a.is_listed and a.is_planned
  order by e.ensemble
$$;
comment on function internal.planned_ensembles(bigint, text) is
  'The ensembles that the schedule works with for a symbol and horizon; see vw_ensemble_assignments.';
revoke execute on function internal.planned_ensembles(bigint, text) from public;

create function internal.serving_ensemble(p_symbol_id bigint, p_horizon text) returns public.ensembles
language sql stable set search_path = ''
as $$
  select e.*
  from public.vw_ensemble_assignments a
  join public.ensembles e on e.ensemble = a.ensemble
  where a.symbol_id = p_symbol_id and a.horizon = p_horizon and a.is_serving and e.active
$$;
comment on function internal.serving_ensemble(bigint, text) is
  'The ensemble that serves a symbol and horizon, also one that is not listed; null when it is not active, or has no configuration.';
revoke execute on function internal.serving_ensemble(bigint, text) from public;

create or replace function internal.plan_forecasts() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_ensemble public.ensembles;
  v_horizon text;
  v_planned integer := 0;
begin
  -- Two at once would both see the same work as missing.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  for v_symbol in select s.* from public.symbols s where s.active order by s.id loop
    foreach v_horizon in array v_symbol.horizons loop
      continue when internal.window_sizes(v_horizon) is null;
      for v_ensemble in select e.* from internal.planned_ensembles(v_symbol.id, v_horizon) e loop
        v_planned := v_planned + internal.plan_forecast(v_symbol, v_horizon, v_ensemble);
      end loop;
    end loop;
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_forecasts() is
  'Plans, for every active symbol and each ensemble that is planned for it, a forecast from the latest bar where there is none; returns how '
  'many.';

create or replace function internal.plan_validations(p_windows integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_ensemble public.ensembles;
  v_horizon text;
  v_planned integer := 0;
  v_interval interval := make_interval(
    secs => 86400 * (internal.setting('validation_interval_days') #>> '{}')::double precision);
begin
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  for v_symbol in select s.* from public.symbols s where s.active order by s.id loop
    foreach v_horizon in array v_symbol.horizons loop
      continue when internal.window_sizes(v_horizon) is null;
      for v_ensemble in select e.* from internal.planned_ensembles(v_symbol.id, v_horizon) e loop
        -- On schedule a symbol is validated once an interval, and when nothing that was validated holds any more; asked for
        -- by number, at once.
        if p_windows is not null
          or not exists (select from internal.valid_windows(v_symbol.id, v_horizon, v_ensemble.config_hash))
          or not exists (
          select from public.runs r
          where r.kind = 'validation' and r.status <> 'failed'
            and r.ensemble = v_ensemble.ensemble and r.config_hash = v_ensemble.config_hash
            and r.params @> jsonb_build_object('symbols', jsonb_build_array(v_symbol.symbol), 'horizon', v_horizon)
            and r.created_at > now() - v_interval) then
          v_planned := v_planned + internal.plan_validation(v_symbol, v_horizon, v_ensemble, p_windows);
        end if;
      end loop;
    end loop;
  end loop;
  return v_planned;
end
$$;

create or replace function internal.plan_divergence_checks(p_date date) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_subject record;
  v_run_id uuid;
  v_planned integer := 0;
begin
  for v_subject in
    select a.symbol_id, a.symbol, a.horizon, a.ensemble, e.config_hash
    from public.vw_ensemble_assignments a
    join public.ensembles e on e.ensemble = a.ensemble
    where a.is_listed and a.is_planned and internal.window_sizes(a.horizon) is not null
      and exists (select from internal.valid_windows(a.symbol_id, a.horizon, e.config_hash))
    order by a.symbol_id, a.horizon, a.ensemble
  loop
    v_run_id := internal.create_run('divergence_check', v_subject.ensemble, format('divergence_check:%s:%s:%s:%s:%s',
      v_subject.symbol, v_subject.horizon, v_subject.ensemble, v_subject.config_hash, p_date), 'schedule', null, null,
      jsonb_build_object('symbols', jsonb_build_array(v_subject.symbol), 'horizon', v_subject.horizon));
    continue when v_run_id is null;
    perform internal.add_job(v_run_id, 'check_divergence', v_subject.symbol, jsonb_build_object(
      'symbol', v_subject.symbol, 'horizon', v_subject.horizon, 'ensemble', v_subject.ensemble,
      'sizes', internal.window_sizes(v_subject.horizon)), 50);
    v_planned := v_planned + 1;
  end loop;
  return v_planned;
end
$$;

create or replace function public.current_windows(p_symbol text, p_horizon text, p_windows integer default null) returns bigint[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_step integer := (internal.window_sizes(p_horizon) ->> 'step')::integer;
  v_count integer := coalesce(p_windows, (internal.setting('validation_windows') #>> '{}')::integer);
  v_symbol_id bigint;
  v_hash text;
  v_latest integer;
begin
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol;
  select e.config_hash into v_hash from internal.serving_ensemble(v_symbol_id, p_horizon) e;
  if p_windows is null then
    select max(w.window_id) into v_latest from internal.valid_windows(v_symbol_id, p_horizon, v_hash) w;
  else
    select count(*) - 1 into v_latest
    from public.bars b where b.symbol_id = v_symbol_id and b.timeframe = internal.timeframe_of(p_horizon);
  end if;
  return (
    select coalesce(array_agg(w.metrics_id order by w.window_id), '{}')
    from internal.valid_windows(v_symbol_id, p_horizon, v_hash) w
    where (v_latest - w.window_id) % v_step = 0 and (v_latest - w.window_id) / v_step between 0 and v_count - 1
      and w.window_id <= v_latest);
end
$$;
comment on function public.current_windows(text, text, integer) is
  'Ids of the latest validated windows of the ensemble that serves, on the bars as they are stored now, oldest first: p_windows from the '
  'latest bar on, or (null) as many as setting validation_windows says from the latest validated one. Each a step before the next.';

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
), session as materialized (
  select r.date, r.half_day
  from recent r
  where r.close_at + make_interval(mins => (
    select (t.value #>> '{}')::integer from public.settings t where t.name = 'forecast_deadline_minutes')) <= now()
  order by r.date desc
  limit 1
)
select
  s.symbol,
  s.stage,
  a.horizon,
  e.ensemble,
  session.date as session_date,
  c.cutoff as expected_cutoff,
  b.newest as newest_bar,
  f.id as forecast_id,
  f.issued_at,
  case
    when f.id is not null then 'there'
    when b.newest is null then 'no_bars'
    when b.newest < c.cutoff then 'bar_missing'
    else 'forecast_missing'
  end as state
from session
cross join public.vw_ensemble_assignments a
join public.symbols s on s.id = a.symbol_id
join public.ensembles e on e.ensemble = a.ensemble
cross join lateral (
  select case a.horizon
    when '1D' then session.date::timestamp at time zone 'UTC'
    when '4h' then (session.date + case when session.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York'
    when '8h' then case when not session.half_day then (session.date + '09:30'::time) at time zone 'America/New_York' end
  end as cutoff
) c
cross join lateral (
  select max(x.bar_time) as newest from public.bars x where x.symbol_id = s.id and x.timeframe = a.horizon
) b
left join public.forecasts f
  on f.symbol_id = s.id and f.horizon = a.horizon and f.ensemble = e.ensemble and f.config_hash = e.config_hash
  and f.data_cutoff = c.cutoff
where a.is_listed and a.is_planned and c.cutoff is not null
  and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? a.horizon);
comment on view public.vw_forecast_presence is
  'The forecasts that should be there from the last session whose deadline (close and forecast_deadline_minutes) has passed: one row per '
  'active symbol, horizon and ensemble that is planned for it. From a half day''s close no 8h forecast is issued, so none is listed.';
