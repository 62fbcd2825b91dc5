-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- reports/tables/canary_reports.sql
create table public.canary_reports (
  id bigint generated always as identity primary key,
  report_date date not null,
  report_time time not null,
  issued_at timestamptz not null default now(),
  since timestamptz not null,
  status text not null,
  symbols text[] not null,
  session_date date,
  forecasts_expected integer not null,
  forecasts_there integer not null,
  forecasts_missing jsonb not null,
  symbols_without_bars text[] not null,
  alerts_open integer not null,
  alerts jsonb not null,
  jobs_dead integer not null,
  runs_failed integer not null,
  outcomes_scored integer not null,
  windows_known integer not null,
  largest_divergence double precision,
  largest_divergence_of text,
  lines text[] not null,
  rollout_id bigint,
  rollout_stage text,
  rollout_running boolean not null default false,
  evaluation_id bigint,
  verdict text,
  evidence_at timestamptz,
  errors_open integer not null default 0,
  incidents integer not null default 0,
  is_summary boolean not null default false,
  decision text,
  constraint canary_reports_one_a_slot unique (report_date, report_time),
  constraint canary_reports_status_known check (status in ('ok', 'attention', 'insufficient')),
  constraint canary_reports_counts_add_up check (
    forecasts_there + jsonb_array_length(forecasts_missing) = forecasts_expected and forecasts_there >= 0
  ),
  constraint canary_reports_divergence_needs_windows check ((largest_divergence is null) = (windows_known = 0)),
  constraint canary_reports_ok_is_measured check (
    status <> 'ok' or (
      forecasts_expected > 0 and forecasts_there = forecasts_expected and alerts_open = 0 and jobs_dead = 0 and runs_failed = 0
      and windows_known >= forecasts_expected and symbols_without_bars = '{}')
  ),
  constraint canary_reports_rollout_is_one foreign key (rollout_id) references public.rollouts (id),
  constraint canary_reports_evaluation_is_one foreign key (evaluation_id) references public.rollout_evaluations (id),
  constraint canary_reports_ok_is_ok_everywhere check (
    status <> 'ok' or (errors_open = 0 and incidents = 0 and verdict is distinct from 'fail')),
  constraint canary_reports_ok_has_passed check (
    status <> 'ok' or not rollout_running
    or coalesce(verdict = 'pass' and evidence_at > issued_at - interval '24 hours', false)),
  constraint canary_reports_fail_wants_attention check (
    status = 'attention' or (errors_open = 0 and incidents = 0 and verdict is distinct from 'fail')),
  constraint canary_reports_decision_known check (decision in ('promote', 'hold', 'do not promote', 'roll back')),
  constraint canary_reports_summary_decides check (is_summary = (decision is not null)),
  constraint canary_reports_promotes_when_ok check (decision is distinct from 'promote' or status = 'ok')
);
comment on table public.canary_reports is
  'The canary''s reports at 08:00, 12:00 and 18:00 New York time: figures computed from the rows that they summarise.';
comment on column public.canary_reports.id is 'Surrogate key.';
comment on column public.canary_reports.report_date is 'Date in New York.';
comment on column public.canary_reports.report_time is 'Time of day in New York.';
comment on column public.canary_reports.issued_at is 'Written, UTC.';
comment on column public.canary_reports.since is 'What is counted happened after this: the report before, or a day ago for the first, UTC.';
comment on column public.canary_reports.status is
  'attention: a forecast is missing, an alert is open, a job died, a run failed, something happened that is an incident, the evaluation '
  'failed, or the kill switch is on. insufficient: nothing of that, but bars, forecasts or windows to judge by are not there for every '
  'symbol, or the rollout''s latest evaluation is insufficient, missing or older than 24 hours. ok: neither, by the figures in the row.';
comment on column public.canary_reports.symbols is
  'The active symbols of stage canary and, while a rollout runs, all that it has come to.';
comment on column public.canary_reports.session_date is 'The session whose forecasts are counted; see vw_forecast_presence.';
comment on column public.canary_reports.forecasts_expected is 'Forecasts that should be there from it, of symbols that have bars.';
comment on column public.canary_reports.forecasts_there is 'How many are.';
comment on column public.canary_reports.forecasts_missing is 'The others: [{symbol, horizon, ensemble, state}].';
comment on column public.canary_reports.symbols_without_bars is 'Symbols and horizons without any bar, from which nothing is expected: AAPL 1D.';
comment on column public.canary_reports.alerts_open is 'Open divergence alerts.';
comment on column public.canary_reports.alerts is 'How many, by level.';
comment on column public.canary_reports.jobs_dead is 'Jobs that ended dead since.';
comment on column public.canary_reports.runs_failed is 'Runs that failed since.';
comment on column public.canary_reports.outcomes_scored is 'Forecasts that came true and were scored since.';
comment on column public.canary_reports.windows_known is 'Symbols, horizons and ensembles with a validated window that still stands.';
comment on column public.canary_reports.largest_divergence is 'Largest divergence of their latest windows; a fraction, null without any.';
comment on column public.canary_reports.largest_divergence_of is 'Whose it is: symbol, horizon, ensemble.';
comment on column public.canary_reports.lines is 'The same in sentences, each with its figures.';
comment on column public.canary_reports.rollout_id is 'The rollout that runs, or that ended since the report before.';
comment on column public.canary_reports.rollout_stage is 'Its stage.';
comment on column public.canary_reports.rollout_running is 'Whether it runs.';
comment on column public.canary_reports.evaluation_id is 'Its latest evaluation of that stage.';
comment on column public.canary_reports.verdict is 'That evaluation''s verdict.';
comment on column public.canary_reports.evidence_at is 'When its evidence was read, UTC.';
comment on column public.canary_reports.errors_open is 'Open alerts on errors.';
comment on column public.canary_reports.incidents is
  'Since the report before: errors that nobody handled, and events of the kinds trigger, rolled_back, forecast_missing, bars_missing, '
  'job_dead, error and kill_switch_on; and every trigger of the running stage, in its events or its latest evaluation.';
comment on column public.canary_reports.is_summary is 'Whether it is the first since its stage has lasted its days.';
comment on column public.canary_reports.decision is
  'Of a summary: promote (every criterion passed and nothing wants attention), roll back (a trigger was met), do not promote (a criterion '
  'fails), or hold.';

create index canary_reports_by_rollout on public.canary_reports (rollout_id, rollout_stage) where is_summary;

alter table public.canary_reports enable row level security;
create policy canary_reports_are_read_by_users on public.canary_reports for select to authenticated using (true);
revoke all on public.canary_reports from anon, authenticated, service_role;
grant select on public.canary_reports to authenticated, service_role;

-- reports/functions/canary_report.sql
create or replace function public.canary_report(p_report_id bigint default null) returns jsonb
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v public.canary_reports;
begin
  if p_report_id is null then
    v := internal.compose_report((now() at time zone 'America/New_York')::date, (now() at time zone 'America/New_York')::time, now());
  else
    select r.* into v from public.canary_reports r where r.id = p_report_id;
    if v.id is null then
      perform internal.refuse(404, 'no_report', format('There is no report %s', p_report_id));
    end if;
  end if;
  return jsonb_build_object(
    'report', to_jsonb(v),
    'evaluation', (
      select internal.evaluation_figures(e) from public.rollout_evaluations e where e.id = v.evaluation_id),
    'events', (
      select coalesce(jsonb_agg(to_jsonb(e) order by e.id), '[]')
      from (
        select x.id, x.happened_at, x.kind, x.subject, x.actor, x.reason
        from public.rollout_events x
        where x.happened_at > v.since and x.happened_at <= v.issued_at + interval '10 minutes'
        order by x.id desc
        limit 50
      ) e));
end
$$;
comment on function public.canary_report(bigint) is
  'A report with what it stands on, for whoever shows it: {report (its row of canary_reports), evaluation (its figures, or null), events (the '
  'last 50 of the canary log since the report before)}. Without an id, or with null: as it would be written now; nothing is stored. Raises '
  'no_report.';
revoke execute on function public.canary_report(bigint) from public, anon, authenticated;
grant execute on function public.canary_report(bigint) to service_role;

-- reports/functions/compose_report.sql
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
begin
  v.report_date := p_date;
  v.report_time := p_time;
  v.issued_at := p_now;
  -- Those of the stage canary, and all that the rollout that runs has come to.
  select coalesce(array_agg(s.symbol order by s.symbol), '{}') into v.symbols
  from public.symbols s
  where s.active and (s.stage = 'canary' or exists (
    select from public.rollouts r join public.rollout_symbols m on m.rollout_id = r.id where r.status = 'running' and m.symbol_id = s.id));
  select coalesce(max(r.issued_at), p_now - interval '1 day') into v.since from public.canary_reports r;

  select max(p.session_date), count(*) filter (where p.state <> 'no_bars'), count(*) filter (where p.state = 'there'),
    coalesce(jsonb_agg(jsonb_build_object('symbol', p.symbol, 'horizon', p.horizon, 'ensemble', p.ensemble, 'state', p.state)
      order by p.symbol, p.horizon, p.ensemble) filter (where p.state not in ('there', 'no_bars')), '[]'),
    coalesce(array_agg(distinct p.symbol || ' ' || p.horizon) filter (where p.state = 'no_bars'), '{}')
  into v.session_date, v.forecasts_expected, v.forecasts_there, v.forecasts_missing, v.symbols_without_bars
  from public.vw_forecast_presence p where p.symbol = any (v.symbols);

  select coalesce(sum(l.alerts), 0), coalesce(jsonb_object_agg(l.level, l.alerts), '{}') into v.alerts_open, v.alerts
  from (
    select a.level, count(*) as alerts from public.divergence_alerts a
    where a.resolved_at is null and a.symbol = any (v.symbols) group by a.level
  ) l;
  select count(*) into v.errors_open from public.error_alerts a where a.resolved_at is null;
  select count(*) into v.jobs_dead from public.jobs j
  where j.status = 'dead' and j.finished_at > v.since and j.payload ->> 'symbol' = any (v.symbols);
  select count(*) into v.runs_failed from public.runs r
  where r.status = 'failed' and r.finished_at > v.since and r.params -> 'symbols' ?| v.symbols;
  select count(*) into v.outcomes_scored from public.forecast_outcomes o
  join public.forecasts f on f.id = o.forecast_id
  where o.scored_at > v.since and f.symbol = any (v.symbols);

  select count(*), max(w.divergence),
    (array_agg(format('%s %s %s', w.symbol, w.horizon, w.ensemble) order by w.divergence desc, w.symbol, w.horizon))[1]
  into v.windows_known, v.largest_divergence, v.largest_divergence_of
  from (
    select distinct on (s.id, h.horizon, e.ensemble) s.symbol, h.horizon, e.ensemble, m.divergence
    from public.symbols s
    cross join unnest(s.horizons) h(horizon)
    cross join public.ensembles e
    join public.vw_valid_windows k on k.symbol_id = s.id and k.horizon = h.horizon and k.config_hash = e.config_hash
    join public.ensemble_validation_metrics m on m.id = k.metrics_id
    where s.symbol = any (v.symbols) and e.active
    order by s.id, h.horizon, e.ensemble, k.window_id desc
  ) w;

  -- One by one: as many windows as forecasts may be of others.
  select coalesce(array_agg(format('%s %s %s', p.symbol, p.horizon, p.ensemble) order by p.symbol, p.horizon, p.ensemble), '{}') into v_unvalidated
  from public.vw_forecast_presence p
  join public.symbols s on s.symbol = p.symbol
  join public.ensembles e on e.ensemble = p.ensemble
  where p.symbol = any (v.symbols) and p.state <> 'no_bars'
    and not exists (
      select from public.vw_valid_windows w
      where w.symbol_id = s.id and w.horizon = p.horizon and w.config_hash = e.config_hash);

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

-- reports/functions/report_canary.sql
create or replace function internal.report_canary(p_date date, p_time time, p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v public.canary_reports;
begin
  select r.* into v from public.canary_reports r where (r.report_date, r.report_time) = (p_date, p_time);
  if v.id is not null then
    return jsonb_build_object('report', v.id, 'status', v.status, 'repeated', true);
  end if;
  v := internal.compose_report(p_date, p_time, p_now);
  insert into public.canary_reports (
    report_date, report_time, issued_at, since, status, symbols, session_date, forecasts_expected, forecasts_there, forecasts_missing,
    symbols_without_bars, alerts_open, alerts, jobs_dead, runs_failed, outcomes_scored, windows_known, largest_divergence,
    largest_divergence_of, lines, rollout_id, rollout_stage, rollout_running, evaluation_id, verdict, evidence_at, errors_open, incidents,
    is_summary, decision)
  values (
    v.report_date, v.report_time, v.issued_at, v.since, v.status, v.symbols, v.session_date, v.forecasts_expected, v.forecasts_there,
    v.forecasts_missing, v.symbols_without_bars, v.alerts_open, v.alerts, v.jobs_dead, v.runs_failed, v.outcomes_scored, v.windows_known,
    v.largest_divergence, v.largest_divergence_of, v.lines, v.rollout_id, v.rollout_stage, v.rollout_running, v.evaluation_id, v.verdict,
    v.evidence_at, v.errors_open, v.incidents, v.is_summary, v.decision)
  returning id into v.id;
  return jsonb_build_object('report', v.id, 'status', v.status) || case
    when v.is_summary then jsonb_build_object('decision', v.decision) else '{}' end;
end
$$;
comment on function internal.report_canary(date, time, timestamptz) is
  'Writes the canary''s report of a date and time in New York, once, from the rows as they are now; returns its id and status, and the '
  'decision of a summary.';
revoke execute on function internal.report_canary(date, time, timestamptz) from public;

-- reports/functions/report_now.sql
create or replace function public.report_now() returns setof text
language sql stable security definer set search_path = ''
as $$
  with document as (
    select d.value -> 'report' as report, d.value -> 'evaluation' as evaluation, d.value -> 'events' as events
    from (values (public.canary_report())) d(value)
  )
  select l.line
  from document d
  cross join lateral (
    select 1, 0, format('canary report of %s, %s New York: %s', d.report ->> 'report_date', left(d.report ->> 'report_time', 5),
      d.report ->> 'status')
    union all
    select 2, r.place, r.line from jsonb_array_elements_text(d.report -> 'lines') with ordinality r(line, place)
    union all
    select 3, c.place, format('%s: %s (n %s): %s', replace(c.value ->> 'criterion', '_', ' '), c.value ->> 'verdict', c.value ->> 'n',
      c.value ->> 'sentence')
    from jsonb_array_elements(d.evaluation -> 'criteria') with ordinality c(value, place)
    union all
    select 4, t.place, format('trigger %s: %s', replace(t.value ->> 'trigger', '_', ' '), t.value ->> 'sentence')
    from jsonb_array_elements(d.evaluation -> 'triggers') with ordinality t(value, place)
    union all
    select 5, e.place, format('%s: %s by %s: %s', internal.utc_text((e.value ->> 'happened_at')::timestamptz),
      concat_ws(' ', replace(e.value ->> 'kind', '_', ' '), e.value ->> 'subject'), e.value ->> 'actor', e.value ->> 'reason')
    from jsonb_array_elements(d.events) with ordinality e(value, place)
  ) l(part, place, line)
  order by l.part, l.place
$$;
comment on function public.report_now() is
  'The canary''s report as it would be written now, a line each for Studio: status, what was found, criterion by criterion, triggers, and the '
  'events since the report before. Works with every function down; nothing is stored.';
revoke execute on function public.report_now() from public, anon, authenticated;
grant execute on function public.report_now() to service_role;
