create or replace function internal.compose_report(p_date date, p_time time, p_now timestamptz) returns public.canary_reports
language plpgsql stable set search_path = ''
as $$
declare
  v public.canary_reports;
  v_rollout public.rollouts;
  v_evaluation public.rollout_evaluations;
  v_triggers integer := 0;
  v_obstacles text[];
  v_publishing boolean := internal.setting('publishing_enabled') = 'true';
  v_stage text;
  v_judged text;
  v_unvalidated text[];
  -- By their names, true: looked up in as many steps whatever their number, while Postgres sorts an array of them for each row.
  v_reported jsonb;
  v_with_bars jsonb;
begin
  v.report_date := p_date;
  v.report_time := p_time;
  v.issued_at := p_now;
  -- Those of the stage canary, and all that the rollout that runs has come to.
  select coalesce(array_agg(s.symbol order by s.symbol), '{}'), coalesce(jsonb_object_agg(s.symbol, true), '{}') into v.symbols, v_reported
  from public.symbols s
  where s.active and (s.stage = 'canary' or exists (
    select from public.rollouts r join public.rollout_symbols m on m.rollout_id = r.id where r.status = 'running' and m.symbol_id = s.id));
  select coalesce(max(r.issued_at), p_now - interval '1 day') into v.since from public.canary_reports r;

  select max(p.session_date), count(*) filter (where p.state <> 'no_bars'), count(*) filter (where p.state = 'there'),
    coalesce(jsonb_agg(jsonb_build_object('symbol', p.symbol, 'horizon', p.horizon, 'ensemble', p.ensemble, 'state', p.state)
      order by p.symbol, p.horizon, p.ensemble) filter (where p.state not in ('there', 'no_bars')), '[]'),
    coalesce(array_agg(distinct p.symbol || ' ' || p.horizon) filter (where p.state = 'no_bars'), '{}'),
    coalesce(jsonb_object_agg(format('%s %s %s', p.symbol, p.horizon, p.ensemble), true) filter (where p.state <> 'no_bars'), '{}')
  into v.session_date, v.forecasts_expected, v.forecasts_there, v.forecasts_missing, v.symbols_without_bars, v_with_bars
  from public.vw_forecast_presence p where v_reported ? p.symbol;

  select coalesce(sum(l.alerts), 0), coalesce(jsonb_object_agg(l.level, l.alerts), '{}') into v.alerts_open, v.alerts
  from (
    select a.level, count(*) as alerts from public.divergence_alerts a
    where a.resolved_at is null and v_reported ? a.symbol group by a.level
  ) l;
  select count(*) into v.errors_open from public.error_alerts a where a.resolved_at is null;
  select count(*) into v.jobs_dead
  from public.jobs j
  join public.runs r on r.id = j.run_id
  where j.status = 'dead' and j.finished_at > v.since and v_reported ? (j.payload ->> 'symbol')
    and internal.failure_consequence(internal.failure_class('dead_job', j.kind, j.error_code,
      jsonb_build_object('requested_via', r.requested_via))) <> 'none';
  select count(*) into v.runs_failed from public.runs r
  where r.status = 'failed' and r.finished_at > v.since
    and internal.failure_consequence(internal.failure_class('dead_job', r.kind, r.error_code,
      jsonb_build_object('requested_via', r.requested_via))) <> 'none'
    and exists (select from jsonb_array_elements_text(r.params -> 'symbols') n(symbol) where v_reported ? n.symbol);
  select count(*) into v.outcomes_scored from public.forecast_outcomes o
  join public.forecasts f on f.id = o.forecast_id
  where o.scored_at > v.since and v_reported ? f.symbol;

  -- One by one: as many windows as forecasts may be of others. And the latest of each alone: whether a window stands takes a look at its bars.
  select count(m.id), max(m.divergence),
    (array_agg(format('%s %s %s', l.symbol, l.horizon, l.ensemble) order by m.divergence desc, l.symbol, l.horizon)
      filter (where m.id is not null))[1],
    coalesce(array_agg(format('%s %s %s', l.symbol, l.horizon, l.ensemble) order by l.symbol, l.horizon, l.ensemble)
      filter (where m.id is null and v_with_bars ? format('%s %s %s', l.symbol, l.horizon, l.ensemble)), '{}')
  into v.windows_known, v.largest_divergence, v.largest_divergence_of, v_unvalidated
  from (
    select s.symbol, h.horizon, e.ensemble, w.metrics_id
    from public.symbols s
    cross join unnest(s.horizons) h(horizon)
    cross join public.ensembles e
    left join lateral (
      select k.metrics_id from public.vw_valid_windows k
      where k.symbol_id = s.id and k.horizon = h.horizon and k.config_hash = e.config_hash
      order by k.window_id desc limit 1
    ) w on true
    where v_reported ? s.symbol and e.active
  ) l
  left join public.ensemble_validation_metrics m on m.id = l.metrics_id;

  select r.* into v_rollout from public.rollouts r
  where r.id = (select max(l.id) from public.rollouts l) and (r.status = 'running' or r.ended_at > v.since);
  v.rollout_id := v_rollout.id;
  v.rollout_stage := v_rollout.stage;
  v.rollout_running := coalesce(v_rollout.status = 'running', false);
  if v_rollout.id is not null then
    v_evaluation := internal.latest_evaluation(v_rollout);
    v.evaluation_id := v_evaluation.id;
    v.verdict := v_evaluation.verdict;
    v.evidence_at := v_evaluation.evidence_at;
    v_triggers := internal.triggers_met(v_rollout);
  end if;
  select v_triggers + count(*) into v.incidents
  from public.rollout_events e
  where e.happened_at > v.since
    and (e.kind in ('rolled_back', 'forecast_missing', 'bars_missing', 'job_dead', 'error', 'kill_switch_on')
      or e.kind = 'trigger' and not (e.rollout_id is not distinct from v_rollout.id and e.happened_at >= v_rollout.stage_started_at));
  select v.incidents + count(*) into v.incidents from public.errors e where e.occurred_at > v.since;

  v.status := case
    when jsonb_array_length(v.forecasts_missing) + v.alerts_open + v.errors_open + v.jobs_dead + v.runs_failed + v.incidents > 0
      or v.verdict = 'fail' or not v_publishing then 'attention'
    when v.forecasts_expected = 0 or v_unvalidated <> '{}' or v.symbols_without_bars <> '{}' then 'insufficient'
    -- An evidence time ahead of the clock says nothing: the clock was set back.
    when v.rollout_running and not coalesce(
      v.verdict = 'pass' and v.evidence_at > p_now - interval '24 hours' and v.evidence_at <= p_now + interval '10 minutes', false)
      then 'insufficient'
    else 'ok'
  end;
  v.is_summary := v.rollout_running and p_now >= v_rollout.stage_due_at and not exists (
    select from public.canary_reports r
    where r.is_summary and r.rollout_id = v_rollout.id and r.rollout_stage = v_rollout.stage and r.issued_at >= v_rollout.stage_due_at);
  if v.is_summary then
    -- A report that is not ok recommends nothing.
    v_obstacles := case v.status when 'attention' then array['something wants attention']
      when 'insufficient' then array['the report is insufficient'] else '{}' end || internal.promotion_obstacles(v_rollout);
    v.decision := internal.rollout_decision(v_rollout, v_obstacles);
  end if;

  v.lines := array[
    case when v.forecasts_expected = 0
      then format('forecasts: insufficient: of %s symbols none has bars and an active ensemble', cardinality(v.symbols))
      else format('forecasts of the session of %s: %s of %s there%s', v.session_date, v.forecasts_there, v.forecasts_expected, (
        select coalesce('; missing: ' || string_agg(format('%s %s %s (%s)', m.symbol, m.horizon, m.ensemble, m.state), ', '), '')
        from jsonb_to_recordset(v.forecasts_missing) as m(symbol text, horizon text, ensemble text, state text))) end,
    format('alerts open: %s%s', v.alerts_open, (
      select coalesce(' (' || string_agg(format('%s %s', l.value, l.key), ', ' order by l.key) || ')', '') from jsonb_each_text(v.alerts) l)),
    format('since %s: %s jobs dead, %s runs failed, %s outcomes scored',
      to_char(v.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'), v.jobs_dead, v.runs_failed, v.outcomes_scored),
    case when v.windows_known = 0 then 'divergence: insufficient: no validated window stands'
      else format('largest divergence: %s %% (%s), of the latest windows of %s', round((100 * v.largest_divergence)::numeric, 1),
        v.largest_divergence_of, v.windows_known) end];
  if cardinality(v.symbols_without_bars) > 0 then
    v.lines := v.lines || format('without bars: %s', array_to_string(v.symbols_without_bars, ', '));
  end if;
  if v.windows_known > 0 and v_unvalidated <> '{}' then
    v.lines := v.lines || format('without a validated window: %s', array_to_string(v_unvalidated, ', '));
  end if;
  if v.errors_open + v.incidents > 0 then
    v.lines := v.lines || format('alerts on errors open: %s; incidents: %s', v.errors_open, v.incidents);
  end if;
  if not v_publishing then
    v.lines := v.lines || 'the kill switch is on: nothing is planned or published'::text;
  end if;
  if v_rollout.id is not null then
    v_stage := case
      when v.rollout_running then format('rollout %s: stage %s, day %s of at least %s, due %s', v_rollout.id, v_rollout.stage,
        floor(extract(epoch from p_now - v_rollout.stage_started_at) / 86400) + 1,
        ceil(extract(epoch from v_rollout.stage_due_at - v_rollout.stage_started_at) / 86400),
        to_char(v_rollout.stage_due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'))
      else format('rollout %s: %s in stage %s at %s: %s', v_rollout.id, replace(v_rollout.status, '_', ' '), v_rollout.stage,
        to_char(v_rollout.ended_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'), v_rollout.ended_because)
    end;
    v_judged := case
      when v_evaluation.id is null then 'evaluation: insufficient: there is none of this stage'
      else format('evaluation %s: %s (%s, on evidence %s h old%s)', v_evaluation.id, v_evaluation.status_line, v_evaluation.verdict,
        round((extract(epoch from p_now - v_evaluation.evidence_at) / 3600)::numeric, 1),
        case when v_evaluation.evidence_at > p_now - interval '24 hours' then '' else ': too old to go by' end)
    end;
    v.lines := v.lines || v_stage || v_judged;
  end if;
  if v.is_summary then
    v.lines := v.lines || format('the stage has lasted its days: %s', case v.decision
      when 'promote' then 'promote: every criterion has passed, and nothing wants attention'
      when 'hold' then format('hold: %s', concat_ws('; ', array_to_string(v_obstacles, '; '), (
          select 'more bars are needed: ' || string_agg(format('%s %s', c.value ->> 'criterion', c.value ->> 'bars_needed'), ', ' order by c.place)
          from jsonb_array_elements(v_evaluation.criteria) with ordinality c(value, place)
          where (c.value ->> 'bars_needed')::integer > 0)))
      else format('%s: %s', v.decision, concat_ws('; ', (
        select 'failed: ' || string_agg(c.value ->> 'criterion', ', ' order by c.place)
        from jsonb_array_elements(v_evaluation.criteria) with ordinality c(value, place) where c.value ->> 'verdict' = 'fail'),
        case when v_triggers > 0 then format('triggers met: %s', v_triggers) end))
    end);
  end if;
  return v;
end
$$;
comment on function internal.compose_report(date, time, timestamptz) is
  'The canary''s report of a date and time in New York from the rows as they are now, not stored: a row of canary_reports without its id. '
  'Twin: stageDays (src/shared/rollout/stage-days.ts), compared in test/database/rollout-reports.test.ts.';
revoke execute on function internal.compose_report(date, time, timestamptz) from public;
