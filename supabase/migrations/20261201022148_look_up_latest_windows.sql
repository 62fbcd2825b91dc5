-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

create index canary_reports_by_time on public.canary_reports (issued_at);
create index error_alerts_by_resolution on public.error_alerts (resolved_at);

-- forecasts/functions/are_weights_refuted.sql
-- A request for a forecast heeds what validation found since the fit: learned weights that it speaks against are not used any more.
create or replace function internal.are_weights_refuted(p_symbol_id bigint, p_horizon text, p_config_hash text, p_since timestamptz)
returns boolean
language sql stable set search_path = ''
as $$
  select coalesce((
    select o.updated_at > p_since
      and (o.verdict <> 'ok' or m.divergence > (internal.setting('divergence_levels') ->> 'warning')::double precision)
    from (
      select v.metrics_id from public.vw_valid_windows v
      where v.symbol_id = p_symbol_id and v.horizon = p_horizon and v.config_hash = p_config_hash
      order by v.window_id desc limit 1
    ) w
    join public.ensemble_validation_metrics m on m.id = w.metrics_id
    join public.overfitting_tests o on o.metrics_id = w.metrics_id), false)
$$;
comment on function internal.are_weights_refuted(bigint, text, text, timestamptz) is
  'Whether the latest window, stored after p_since, is one that calibrated weights go back to the preset for: its verdict is not ok, or its '
  'divergence is above the level warning. '
  'Twin: judgeStoredWindow (src/shared/divergence/judge-fit.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.are_weights_refuted(bigint, text, text, timestamptz) from public;

-- forecasts/functions/forecast_context.sql
create or replace function public.forecast_context(p_symbol text, p_horizon text, p_config_hash text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'thresholds', internal.setting('direction_thresholds'),
    'latest_window', (
      select jsonb_build_object('window_id', w.window_id,
        'last_bar_time', to_char(o.last_bar_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'verdict', o.verdict, 'reasons', o.reasons)
      from public.symbols s
      cross join lateral (
        select v.metrics_id, v.window_id from public.vw_valid_windows v
        where v.symbol_id = s.id and v.horizon = p_horizon and v.config_hash = p_config_hash
        order by v.window_id desc limit 1
      ) w
      join public.overfitting_tests o on o.metrics_id = w.metrics_id
      where s.symbol = p_symbol),
    'outcomes', (
      select count(*)
      from (
        select
        from public.symbols s
        join public.forecasts f on f.symbol_id = s.id and f.horizon = p_horizon and f.config_hash = p_config_hash
        join public.forecast_outcomes o on o.forecast_id = f.id
        where s.symbol = p_symbol
        -- What the note few_outcomes asks for, with room.
        limit 50
      ) scored))
$$;
comment on function public.forecast_context(text, text, text) is
  'What is known of a symbol, horizon and configuration when a forecast is made: {thresholds, latest_window (null, or window_id, '
  'last_bar_time, verdict and reasons of the latest window on bars that still stand), outcomes (how many were scored, up to 50)}.';
revoke execute on function public.forecast_context(text, text, text) from public, anon, authenticated;
grant execute on function public.forecast_context(text, text, text) to service_role;

-- forecasts/functions/score_due_outcomes.sql
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

-- validation/functions/current_windows.sql
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
    select w.window_id into v_latest
    from public.vw_valid_windows w
    where w.symbol_id = v_symbol_id and w.horizon = p_horizon and w.config_hash = v_hash
    order by w.window_id desc limit 1;
  else
    select b.bars - 1 into v_latest
    from public.bar_series b where b.symbol_id = v_symbol_id and b.timeframe = internal.timeframe_of(p_horizon);
  end if;
  return (
    select coalesce(array_agg(w.metrics_id order by w.window_id), '{}')
    from public.vw_valid_windows w
    where w.symbol_id = v_symbol_id and w.horizon = p_horizon and w.config_hash = v_hash
      and w.window_id = any (array(select v_latest - k * v_step from generate_series(0, v_count - 1) k)));
end
$$;
comment on function public.current_windows(text, text, integer) is
  'Ids of the latest validated windows of the ensemble that serves, on the bars as they are stored now, oldest first: p_windows from the '
  'latest bar on, or (null) as many as setting validation_windows says from the latest validated one. Each a step before the next.';
revoke execute on function public.current_windows(text, text, integer) from public, anon, authenticated;
grant execute on function public.current_windows(text, text, integer) to service_role;

-- validation/functions/latest_window.sql
create or replace function public.latest_window(p_symbol text, p_horizon text, p_config_hash text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('window_id', w.window_id, 'divergence', m.divergence, 'verdict', o.verdict)
  from public.symbols s
  cross join lateral (
    select v.metrics_id, v.window_id from public.vw_valid_windows v
    where v.symbol_id = s.id and v.horizon = p_horizon and v.config_hash = p_config_hash
    order by v.window_id desc limit 1
  ) w
  join public.ensemble_validation_metrics m on m.id = w.metrics_id
  join public.overfitting_tests o on o.metrics_id = w.metrics_id
  where s.symbol = p_symbol
$$;
comment on function public.latest_window(text, text, text) is
  'The latest window validated with a configuration whose bars are still the stored ones: {window_id, divergence, verdict}; null without one. '
  'What a forecast''s calibrated weights are reverted by.';
revoke execute on function public.latest_window(text, text, text) from public, anon, authenticated;
grant execute on function public.latest_window(text, text, text) to service_role;

-- rollout-evidence/views/vw_canary_board.sql
create or replace view public.vw_canary_board with (security_invoker = true) as
select
  r.id as rollout_id,
  r.status,
  r.stage,
  m.symbol,
  h.horizon,
  m.stage as joined_in,
  g.ensemble,
  f.data_cutoff as last_cutoff,
  f.issued_at as last_issued_at,
  p.session_date,
  p.state,
  coalesce(s.scored, 0) as scored,
  coalesce(s.pairs, 0) as pairs,
  s.candidate_rmse,
  s.baseline_rmse,
  s.candidate_rmse / nullif(s.baseline_rmse, 0) as rmse_ratio,
  s.candidate_crps,
  s.baseline_crps,
  s.candidate_crps / nullif(s.baseline_crps, 0) as crps_ratio,
  s.coverage_90,
  w.window_id,
  e.divergence,
  t.verdict,
  e.updated_at as validated_at,
  a.alerts_open
from (select x.* from public.rollouts x order by x.id desc limit 1) r
join public.rollout_symbols m on m.rollout_id = r.id
cross join unnest(m.horizons) h(horizon)
join public.vw_ensemble_assignments g on g.symbol_id = m.symbol_id and g.horizon = h.horizon and g.is_serving
left join public.vw_forecast_presence p on p.symbol = m.symbol and p.horizon = h.horizon and p.ensemble = g.ensemble
left join lateral (
  select x.data_cutoff, x.issued_at
  from public.forecasts x
  where x.symbol_id = m.symbol_id and x.horizon = h.horizon and x.ensemble = g.ensemble
    and x.config_hash = case g.ensemble when 'candidate' then r.candidate_hash else r.baseline_hash end
  order by x.data_cutoff desc
  limit 1
) f on true
left join lateral (
  select q.symbol_id, q.horizon, count(*)::integer as scored, count(q.baseline_id)::integer as pairs,
    sqrt(avg(q.candidate_error * q.candidate_error) filter (where q.baseline_id is not null)) as candidate_rmse,
    sqrt(avg(q.baseline_error * q.baseline_error) filter (where q.baseline_id is not null)) as baseline_rmse,
    avg(q.candidate_crps) filter (where q.baseline_id is not null) as candidate_crps,
    avg(q.baseline_crps) filter (where q.baseline_id is not null) as baseline_crps,
    avg(q.candidate_covered[3]::integer)::double precision as coverage_90
  from public.forecast_pairs q
  where q.rollout_id = r.id and q.stage = r.stage
  group by q.symbol_id, q.horizon
) s on s.symbol_id = m.symbol_id and s.horizon = h.horizon
left join lateral (
  select v.metrics_id, v.window_id
  from public.vw_valid_windows v
  where v.symbol_id = m.symbol_id and v.horizon = h.horizon and v.config_hash = r.candidate_hash
  order by v.window_id desc
  limit 1
) w on true
left join public.ensemble_validation_metrics e on e.id = w.metrics_id
left join public.overfitting_tests t on t.metrics_id = w.metrics_id
cross join lateral (
  select count(*)::integer as alerts_open
  from public.divergence_alerts x
  where x.symbol_id = m.symbol_id and x.horizon = h.horizon and x.ensemble = 'candidate' and x.resolved_at is null
) a
order by m.symbol, h.horizon;
comment on view public.vw_canary_board is
  'The latest rollout by symbol and horizon that it has reached: who serves, the last forecast, candidate beside baseline over the forecasts of '
  'the present stage, or of the one that it ended in, that have come true, the latest window, open alerts.';
comment on column public.vw_canary_board.rollout_id is 'The rollout.';
comment on column public.vw_canary_board.status is 'running, completed or rolled_back.';
comment on column public.vw_canary_board.stage is 'Its present stage, or the one that it ended in.';
comment on column public.vw_canary_board.symbol is 'Ticker.';
comment on column public.vw_canary_board.horizon is 'Horizon.';
comment on column public.vw_canary_board.joined_in is 'The stage in which the symbol joined.';
comment on column public.vw_canary_board.ensemble is 'Who serves it: candidate or baseline.';
comment on column public.vw_canary_board.last_cutoff is 'Bar of the last forecast of the ensemble that serves, UTC; null without any.';
comment on column public.vw_canary_board.last_issued_at is 'When that was stored, UTC.';
comment on column public.vw_canary_board.session_date is 'The last session whose deadline has passed.';
comment on column public.vw_canary_board.state is
  'Of the forecast from it by the ensemble that serves: there, no_bars, bar_missing, forecast_missing; null when none is expected.';
comment on column public.vw_canary_board.scored is 'Forecasts of the candidate that were issued in the present stage and have come true.';
comment on column public.vw_canary_board.pairs is 'How many of them have one of the baseline from the same bar: what both are compared on.';
comment on column public.vw_canary_board.candidate_rmse is 'RMSE of the candidate over the pairs, a log return; null without any.';
comment on column public.vw_canary_board.baseline_rmse is 'RMSE of the baseline over the same pairs.';
comment on column public.vw_canary_board.rmse_ratio is 'Candidate over baseline: below 1 the candidate is better.';
comment on column public.vw_canary_board.candidate_crps is 'Mean CRPS of the candidate over the pairs, a log return; null without any.';
comment on column public.vw_canary_board.baseline_crps is 'Mean CRPS of the baseline over the same pairs.';
comment on column public.vw_canary_board.crps_ratio is 'Candidate over baseline: below 1 the candidate is better.';
comment on column public.vw_canary_board.coverage_90 is 'Share of the scored ones whose 90 % interval held the return; 0.90 when calibrated. Read it beside scored.';
comment on column public.vw_canary_board.window_id is 'The candidate''s latest window that still stands; null without one.';
comment on column public.vw_canary_board.divergence is 'Its divergence; a fraction.';
comment on column public.vw_canary_board.verdict is 'Its verdict: ok, overfitting or implausible.';
comment on column public.vw_canary_board.validated_at is 'When it was stored, UTC.';
comment on column public.vw_canary_board.alerts_open is 'Open divergence alerts of the candidate.';

revoke all on public.vw_canary_board from anon, authenticated, service_role;
grant select on public.vw_canary_board to authenticated, service_role;

-- schedule/views/vw_missed_ticks.sql
create or replace view public.vw_missed_ticks with (security_invoker = true) as
-- Reckoned once a job, not once a tick.
with ticks as materialized (select x.job, x.every, 1.5 * x.every as longest from public.schedule_ticks x)
select 'cron' as kind, j.job as name, t.ticked_at as last_before, t.until,
  (ceil(extract(epoch from t.until - t.ticked_at) / extract(epoch from j.every)) - 1)::integer as missed,
  format('no tick for %s minutes', floor(extract(epoch from t.until - t.ticked_at) / 60)) as reason
from ticks j
cross join lateral (
  select c.ticked_at, lead(c.ticked_at, 1, now()) over (order by c.ticked_at) as until
  from public.cron_ticks c where c.job = j.job and c.ticked_at > now() - interval '7 days' and c.ticked_at <= now()
) t
where t.until > t.ticked_at + j.longest
union all
select 'slot', r.slot, r.due_at, r.finished_at, 1, format('%s: %s', r.status, r.reason)
from public.slot_runs r
where r.status in ('missed', 'failed') and r.due_at > now() - interval '7 days';
comment on view public.vw_missed_ticks is
  'The last seven days'' ticks that did not come: gaps between two ticks of a cron job longer than one and a half of its intervals (the '
  'last one ends now), and slots that were missed or failed.';
comment on column public.vw_missed_ticks.kind is 'cron or slot.';
comment on column public.vw_missed_ticks.name is 'The job of cron, or the slot.';
comment on column public.vw_missed_ticks.last_before is 'Of cron: the tick before the gap; of a slot: when it was due. UTC.';
comment on column public.vw_missed_ticks.until is 'Of cron: the next tick, or now; of a slot: when it was tried last or noticed. UTC.';
comment on column public.vw_missed_ticks.missed is 'How many ticks did not come.';
comment on column public.vw_missed_ticks.reason is 'In words.';

revoke all on public.vw_missed_ticks from anon, authenticated, service_role;
grant select on public.vw_missed_ticks to authenticated, service_role;
