-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- rollout-evidence/tables/rollout_evaluations.sql
create table public.rollout_evaluations (
  id bigint generated always as identity primary key,
  rollout_id bigint not null references public.rollouts (id),
  stage text not null,
  evaluated_at timestamptz not null default now(),
  evidence_at timestamptz not null,
  verdict text not null,
  status_line text not null,
  criteria jsonb not null,
  triggers jsonb not null default '[]',
  code_version text not null,
  last_event_id bigint,
  constraint rollout_evaluations_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollout_evaluations_verdict_known check (verdict in ('pass', 'fail', 'insufficient')),
  constraint rollout_evaluations_criteria_are_there check (jsonb_typeof(criteria) = 'array' and jsonb_array_length(criteria) > 0),
  constraint rollout_evaluations_verdicts_known check (
    not jsonb_path_exists(criteria, '$[*] ? (!(@.verdict == "pass" || @.verdict == "insufficient" || @.verdict == "fail"))')
  ),
  -- No summary is better than its worst row.
  -- Twin: worstVerdict (src/shared/rollout/worst-verdict.ts), compared in test/database/computed-twice.test.ts.
  constraint rollout_evaluations_verdict_is_the_worst check (verdict = case
    when criteria @> '[{"verdict": "fail"}]' then 'fail'
    when criteria @> '[{"verdict": "insufficient"}]' then 'insufficient'
    else 'pass' end)
);
comment on table public.rollout_evaluations is 'What the judge found of a rollout''s stage, criterion by criterion.';
comment on column public.rollout_evaluations.id is 'Order.';
comment on column public.rollout_evaluations.rollout_id is 'The rollout.';
comment on column public.rollout_evaluations.stage is 'The stage that was judged.';
comment on column public.rollout_evaluations.evaluated_at is 'Stored, UTC.';
comment on column public.rollout_evaluations.evidence_at is 'When the evidence was read, UTC: what happened later is not in it.';
comment on column public.rollout_evaluations.verdict is 'The worst of the criteria''s: fail, insufficient (holds the stage), pass.';
comment on column public.rollout_evaluations.status_line is 'One sentence, computed from the criteria.';
comment on column public.rollout_evaluations.criteria is '[{criterion, verdict, n, figures, sentence, bars_needed}], in order.';
comment on column public.rollout_evaluations.triggers is 'What would roll back: [{trigger, subject, figures, sentence}]; empty when nothing would.';
comment on column public.rollout_evaluations.code_version is 'Version of the judge.';
comment on column public.rollout_evaluations.last_event_id is 'Latest row of rollout_events when it was stored: what was noticed later is not in it.';

create index rollout_evaluations_latest on public.rollout_evaluations (rollout_id, id desc);

alter table public.rollout_evaluations enable row level security;
create policy rollout_evaluations_are_read_by_users on public.rollout_evaluations for select to authenticated using (true);
revoke all on public.rollout_evaluations from anon, authenticated, service_role;
grant select on public.rollout_evaluations to authenticated, service_role;

-- rollout-evidence/functions/evaluation_figures.sql
create or replace function internal.evaluation_figures(p_evaluation public.rollout_evaluations) returns jsonb
language sql immutable set search_path = ''
as $$
  select case when p_evaluation.id is not null then jsonb_build_object('id', p_evaluation.id, 'evidence_at', p_evaluation.evidence_at,
    'verdict', p_evaluation.verdict, 'status_line', p_evaluation.status_line, 'criteria', p_evaluation.criteria,
    'triggers', p_evaluation.triggers) end
$$;
comment on function internal.evaluation_figures(public.rollout_evaluations) is 'An evaluation as the evidence of an event; null for none.';
revoke execute on function internal.evaluation_figures(public.rollout_evaluations) from public;

-- rollout-evidence/functions/expected_forecasts.sql
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

-- rollout-evidence/functions/finish_evaluation.sql
create or replace function internal.finish_evaluation(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts := internal.lock_rollout();
begin
  -- Decided while it was judged: no failure of anybody's, and nothing to store.
  if v_rollout.status <> 'running' or v_rollout.id <> (p_job.payload ->> 'rollout_id')::bigint
    or v_rollout.stage <> p_job.payload ->> 'stage' then
    return jsonb_build_object('skipped', format('rollout %s is %s in stage %s meanwhile', v_rollout.id,
      replace(v_rollout.status, '_', ' '), v_rollout.stage));
  end if;
  return public.store_evaluation(v_rollout.id, v_rollout.stage, p_result);
end
$$;
comment on function internal.finish_evaluation(public.jobs, jsonb) is
  'Stores what an evaluate_rollout job found, as store_evaluation does; {skipped} when the rollout has left the stage that was judged.';
revoke execute on function internal.finish_evaluation(public.jobs, jsonb) from public;

-- rollout-evidence/functions/forecast_origins.sql
create or replace function internal.forecast_origins(p_from date, p_until date) returns table (
  session_date date, horizon text, data_cutoff timestamptz, ends_at timestamptz)
language sql stable set search_path = '' set jit = off
as $$
  select d.date, o.horizon, o.data_cutoff, o.ends_at
  from (
    select g.day::date as date, internal.is_half_day(g.day::date) as is_half
    from generate_series(p_from::timestamp, p_until::timestamp, interval '1 day') g(day)
    where internal.closed_because(g.day::date) is null
  ) d
  cross join lateral (
    select '1D', d.date::timestamp at time zone 'UTC', internal.session_close(d.date)
    union all
    select '4h', internal.new_york_time(d.date, '09:30'), internal.new_york_time(d.date, case when d.is_half then '13:00'::time else '13:30' end)
    union all
    select '4h', internal.new_york_time(d.date, '13:30'), internal.new_york_time(d.date, '16:00') where not d.is_half
    union all
    -- From a half day's close, two half sessions ahead is 1D and not 8h.
    select '8h', internal.new_york_time(d.date, '09:30'), internal.new_york_time(d.date, '13:30') where not d.is_half
  ) o(horizon, data_cutoff, ends_at)
$$;
comment on function internal.forecast_origins(date, date) is
  'Where forecasts begin in the sessions of those dates, by horizon: bar_time of the bar that they are made from, and when it ends. Two a '
  'session for 4h, one on a half day; none for 8h on a half day. Raises calendar_ends. '
  'Twin: halfSessions (src/shared/series/half-sessions.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.forecast_origins(date, date) from public;

-- rollout-evidence/functions/internal_rollout_evidence.sql
create or replace function internal.rollout_evidence(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = '' set timezone = 'UTC'
as $$
declare
  v public.rollouts;
  v_until timestamptz;
begin
  select r.* into v from public.rollouts r order by r.id desc limit 1;
  if v.id is null then
    perform internal.refuse(409, 'no_rollout', 'No rollout was ever started: there is nothing to judge');
  end if;
  -- What a rollout has ended with stays its evidence.
  v_until := least(coalesce(v.ended_at, p_now), p_now);
  return jsonb_build_object(
    'rollout', jsonb_build_object('id', v.id, 'status', v.status, 'stage', v.stage, 'started_at', v.started_at,
      'stage_started_at', v.stage_started_at, 'stage_due_at', v.stage_due_at, 'candidate_hash', v.candidate_hash,
      'baseline_hash', v.baseline_hash, 'commit_hash', v.commit_hash, 'tests', v.tests),
    'evidence_at', p_now,
    'criteria', internal.setting('rollout_criteria'),
    'roles', internal.setting('rollout_roles'),
    'approvals', (
      select coalesce(jsonb_agg(jsonb_build_object('role', e.figures ->> 'role', 'actor', e.actor, 'approved_at', e.happened_at)
        order by e.id), '[]')
      from public.rollout_events e where e.rollout_id = v.id and e.kind = 'approved' and e.stage = v.stage),
    'symbols', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', m.symbol, 'horizons', m.horizons) order by m.symbol), '[]')
      from public.rollout_symbols m where m.rollout_id = v.id),
    'expected', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', x.symbol, 'horizon', x.horizon, 'ensemble', x.ensemble,
        'session_date', x.session_date, 'data_cutoff', x.data_cutoff, 'deadline', x.deadline, 'state', x.state)
        order by x.deadline, x.symbol, x.horizon, x.ensemble), '[]')
      from (
        select f.*, dense_rank() over (order by f.session_date desc) as age
        from internal.expected_forecasts(v.id, greatest(v.stage_started_at, v_until - interval '100 days'), v_until) f
      ) x
      where x.age <= 60),
    'pairs', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', p.symbol, 'horizon', p.horizon, 'data_cutoff', p.data_cutoff,
        'outcome_time', p.outcome_time, 'realised_return', p.realised_return,
        'candidate', jsonb_build_object('mean', p.candidate_mean, 'quantiles', p.candidate_quantiles),
        'baseline', jsonb_build_object('mean', p.baseline_mean, 'quantiles', p.baseline_quantiles))
        order by p.outcome_time, p.symbol, p.horizon), '[]')
      from (
        select c.symbol, c.horizon, c.data_cutoff, co.outcome_time, co.realised_return, c.forecast_return as candidate_mean,
          -- To seven digits, which are more than scores need: in full, 60 sessions of a dozen symbols are 30 MB.
          c.return_quantiles::real[] as candidate_quantiles, b.forecast_return as baseline_mean, b.return_quantiles::real[] as baseline_quantiles,
          -- A day's bar is stamped with its date at midnight UTC, half a session's with its start, of the same date there.
          dense_rank() over (order by (co.outcome_time at time zone 'UTC')::date desc) as age
        from public.rollout_symbols m
        join public.forecasts c
          on c.symbol_id = m.symbol_id and c.horizon = any (m.horizons) and c.ensemble = 'candidate' and c.config_hash = v.candidate_hash
        join public.forecasts b
          on b.symbol_id = c.symbol_id and b.horizon = c.horizon and b.ensemble = 'baseline' and b.config_hash = v.baseline_hash
          and b.data_cutoff = c.data_cutoff
        join public.forecast_outcomes co on co.forecast_id = c.id
        join public.forecast_outcomes bo on bo.forecast_id = b.id and bo.outcome_time = co.outcome_time
        where m.rollout_id = v.id and c.issued_at >= v.stage_started_at and b.issued_at >= v.stage_started_at
          and c.issued_at <= v_until and b.issued_at <= v_until
      ) p
      where p.age <= 60),
    'windows', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', w.symbol, 'horizon', w.horizon, 'window_id', w.window_id,
        'last_bar_time', w.last_bar_time, 'divergence', w.divergence, 'verdict', w.verdict, 'implausible', w.implausible_skill,
        'reasons', w.reasons, 'validated_at', w.validated_at) order by w.symbol, w.horizon), '[]')
      from (
        select distinct on (m.symbol, h.horizon) m.symbol, h.horizon, k.window_id, t.last_bar_time, e.divergence, t.verdict,
          t.implausible_skill, t.reasons, e.updated_at as validated_at
        from public.rollout_symbols m
        cross join unnest(m.horizons) h(horizon)
        join public.vw_valid_windows k on k.symbol_id = m.symbol_id and k.horizon = h.horizon and k.config_hash = v.candidate_hash
        join public.ensemble_validation_metrics e on e.id = k.metrics_id
        join public.overfitting_tests t on t.metrics_id = k.metrics_id
        where m.rollout_id = v.id
        order by m.symbol, h.horizon, k.window_id desc
      ) w),
    'triggers', internal.large_divergences(v),
    'windows_expected', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', m.symbol, 'horizon', h.horizon) order by m.symbol, h.horizon), '[]')
      from public.rollout_symbols m cross join unnest(m.horizons) h(horizon) where m.rollout_id = v.id),
    'dead_jobs', (
      select coalesce(jsonb_agg(to_jsonb(j) - 'made_good' order by j.id), '[]')
      from internal.rollout_dead_jobs(v.id, v.stage_started_at) j where j.finished_at <= v_until and not j.made_good),
    'failed_runs', (
      select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'kind', r.kind, 'code', r.error_code, 'message', r.error_message,
        'finished_at', r.finished_at) order by r.finished_at, r.id), '[]')
      from public.runs r
      where r.status = 'failed' and r.finished_at >= v.stage_started_at and r.finished_at <= v_until
        -- An ingestion is of every symbol: it failed for the rollout if one of its dead jobs did.
        and case r.kind
          when 'ingestion' then exists (
            select from public.jobs j
            where j.run_id = r.id and j.status = 'dead' and internal.is_of_rollout(v.id, j.payload ->> 'symbol')
              and not internal.is_made_good(j))
          when 'rollout_evaluation' then true
          else exists (
            select from public.rollout_symbols m where m.rollout_id = v.id and r.params -> 'symbols' ? m.symbol)
        end),
    'errors', (
      select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'source', e.source, 'code', e.code, 'message', e.message,
        'occurred_at', e.occurred_at) order by e.id), '[]')
      from public.errors e where e.occurred_at >= v.stage_started_at and e.occurred_at <= v_until),
    'health', jsonb_build_object('captured', v.health_captured, 'now', internal.rollout_health(v.stage_started_at)),
    'evaluations', (
      select count(*) from public.rollout_evaluations e where e.rollout_id = v.id and e.stage = v.stage),
    'alerts_open', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', a.symbol, 'horizon', a.horizon, 'level', a.level,
        'opened_at', a.opened_at) order by a.id), '[]')
      from public.divergence_alerts a
      where a.resolved_at is null and a.ensemble = 'candidate' and internal.is_of_rollout(v.id, a.symbol)));
end
$$;
comment on function internal.rollout_evidence(timestamptz) is 'What public.rollout_evidence returns, as of p_now.';
revoke execute on function internal.rollout_evidence(timestamptz) from public;

-- rollout-evidence/functions/is_made_good.sql
create or replace function internal.is_made_good(p_job public.jobs) returns boolean
language sql stable set search_path = ''
as $$
  select p_job.kind = 'ingest' and exists (
    select from public.jobs j
    where j.kind = 'ingest' and j.status = 'succeeded' and j.finished_at >= p_job.finished_at
      and (j.payload ->> 'symbol', j.payload ->> 'timeframe') = (p_job.payload ->> 'symbol', p_job.payload ->> 'timeframe'))
$$;
comment on function internal.is_made_good(public.jobs) is
  'Whether what a dead job was to do was done by a later one: an ingest job, by one that has fetched the same series since. The sessions '
  'that it cost are missing bars, which hold the stage by themselves.';
revoke execute on function internal.is_made_good(public.jobs) from public;

-- rollout-evidence/functions/latest_evaluation.sql
create or replace function internal.latest_evaluation(p_rollout public.rollouts) returns public.rollout_evaluations
language sql stable set search_path = ''
as $$
  select e.* from public.rollout_evaluations e
  where e.rollout_id = p_rollout.id and e.stage = p_rollout.stage
  -- Of two at once, the one that saw more may be stored first. Evidence ahead of the clock is of before it was set back.
  order by e.evidence_at <= now() + interval '10 minutes' desc, e.evidence_at desc, e.id desc limit 1
$$;
comment on function internal.latest_evaluation(public.rollouts) is
  'The evaluation of a rollout''s present stage on the latest evidence; null without one.';
revoke execute on function internal.latest_evaluation(public.rollouts) from public;

-- rollout-evidence/functions/plan_evaluation.sql
create or replace function internal.plan_evaluation(p_key text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts;
  v_run_id uuid;
begin
  select r.* into v_rollout from public.rollouts r where r.status = 'running';
  if v_rollout.id is null then
    return jsonb_build_object('skipped', 'no rollout runs');
  end if;
  insert into public.runs (kind, idempotency_key, requested_via, params)
  values ('rollout_evaluation', format('rollout_evaluation:%s:%s:%s', v_rollout.id, v_rollout.stage, p_key), 'schedule',
    jsonb_build_object('symbols', '[]'::jsonb, 'rollout_id', v_rollout.id, 'stage', v_rollout.stage))
  on conflict (idempotency_key) where status <> 'failed' do nothing
  returning id into v_run_id;
  if v_run_id is null then
    return jsonb_build_object('skipped', format('stage %s of rollout %s was evaluated under this key already', v_rollout.stage,
      v_rollout.id));
  end if;
  perform internal.add_job(v_run_id, 'evaluate_rollout', v_rollout.id::text,
    jsonb_build_object('rollout_id', v_rollout.id, 'stage', v_rollout.stage));
  return jsonb_build_object('run_id', v_run_id);
end
$$;
comment on function internal.plan_evaluation(text) is
  'Plans one evaluation of the rollout that runs, once a key and stage: {run_id}, or {skipped} with the reason.';
revoke execute on function internal.plan_evaluation(text) from public;

-- rollout-evidence/functions/rollout_dead_jobs.sql
create or replace function internal.rollout_dead_jobs(p_rollout_id bigint, p_since timestamptz) returns table (
  id bigint, kind text, symbol text, horizon text, ensemble text, code text, message text, finished_at timestamptz, made_good boolean)
language sql stable set search_path = ''
as $$
  select j.id, j.kind, j.payload ->> 'symbol', coalesce(j.payload ->> 'horizon', j.payload ->> 'timeframe'), j.payload ->> 'ensemble',
    j.error_code, j.error_message, j.finished_at, internal.is_made_good(j)
  from public.jobs j
  where j.status = 'dead' and j.finished_at >= p_since and internal.is_of_rollout(p_rollout_id, j.payload ->> 'symbol')
$$;
comment on function internal.rollout_dead_jobs(bigint, timestamptz) is
  'Jobs that ended dead since, about symbols that a rollout has reached or about none; made_good: a later one did their work.';
revoke execute on function internal.rollout_dead_jobs(bigint, timestamptz) from public;

-- rollout-evidence/functions/rollout_evidence.sql
create or replace function public.rollout_evidence() returns jsonb
language sql security definer set search_path = ''
as $$
  select internal.rollout_evidence()
$$;
comment on function public.rollout_evidence() is
  'All that a stage of the latest rollout is judged by, as one document whose schema is src/shared/contracts/rollout-evidence.ts: forecasts '
  'expected and there, pairs of both ensembles from the same bars with what came true, windows, triggers that SQL alone finds (divergence), dead jobs, failed runs, errors, durations of '
  'queries, approvals. Of an ended rollout as it was at its end. Raises no_rollout.';
revoke execute on function public.rollout_evidence() from public, anon, authenticated;
grant execute on function public.rollout_evidence() to service_role;

-- rollout-evidence/functions/rollout_health.sql
create or replace function internal.rollout_health(p_since timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_measured regproc := to_regproc('internal.query_health');
  v_health jsonb;
begin
  if v_measured is not null then
    execute format('select %s($1)', v_measured) into v_health using p_since;
  end if;
  return coalesce(v_health, '{}');
end
$$;
comment on function internal.rollout_health(timestamptz) is
  'Durations of the monitoring queries since, {query: {p95_ms, n}}; empty where nothing measures them.';
revoke execute on function internal.rollout_health(timestamptz) from public;

-- rollout-evidence/functions/store_evaluation.sql
create or replace function public.store_evaluation(p_rollout_id bigint, p_stage text, p_evaluation jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_rollout public.rollouts := internal.require_running_rollout();
  v_before public.rollout_evaluations := internal.latest_evaluation(v_rollout);
  v public.rollout_evaluations;
  v_triggers text;
  v_decision text;
  v_rolls_back boolean;
begin
  if v_rollout.id is distinct from p_rollout_id then
    perform internal.refuse(409, 'no_rollout', format('Rollout %s does not run: rollout %s does', p_rollout_id, v_rollout.id));
  elsif v_rollout.stage is distinct from p_stage then
    perform internal.refuse(409, 'stage_changed', format('Rollout %s is in stage %s, not %s: %s', v_rollout.id, v_rollout.stage, p_stage,
      internal.decision_text(v_rollout.id, '{deployed, promoted}')));
  end if;

  insert into public.rollout_evaluations (
    rollout_id, stage, evidence_at, verdict, status_line, criteria, triggers, code_version, last_event_id)
  select v_rollout.id, v_rollout.stage, (p_evaluation ->> 'evidence_at')::timestamptz, p_evaluation ->> 'verdict',
    p_evaluation ->> 'status_line', p_evaluation -> 'criteria', coalesce(p_evaluation -> 'triggers', '[]'),
    p_evaluation ->> 'code_version', (select max(e.id) from public.rollout_events e)
  returning * into v;
  if v_before.verdict is distinct from v.verdict then
    perform internal.add_rollout_event(v_rollout.id, 'evaluated', 'automatic', v.status_line,
      internal.evaluation_figures(v) || jsonb_build_object('before', v_before.verdict));
  end if;

  perform internal.add_rollout_event(v_rollout.id, 'trigger', 'automatic', coalesce(t.value ->> 'sentence', t.value ->> 'trigger'),
    t.value || jsonb_build_object('evaluation_id', v.id),
    internal.trigger_subject(v_rollout.stage, t.value))
  from jsonb_array_elements(v.triggers) t;
  v_decision := internal.rollout_decision(v_rollout, internal.promotion_obstacles(v_rollout));
  v_rolls_back := v.triggers <> '[]' and internal.setting('automatic_rollback') = 'true';
  if v_rolls_back then
    select string_agg(coalesce(t.value ->> 'sentence', t.value ->> 'trigger'), ' ') into v_triggers
    from jsonb_array_elements(v.triggers) t;
    perform internal.roll_back(v_rollout.id, 'automatic', v_triggers, jsonb_build_object('triggers', v.triggers));
  end if;
  return jsonb_build_object('evaluation_id', v.id, 'verdict', v.verdict, 'decision', v_decision, 'rolled_back', v_rolls_back);
end
$$;
comment on function public.store_evaluation(bigint, text, jsonb) is
  'Stores what the judge found of a rollout''s stage: {evaluation_id, verdict, decision (as rollout_decision '
  'says it with this evaluation), rolled_back}. Another verdict than the one before leaves an event; triggers leave one each and, unless '
  'automatic_rollback is false, roll back. Raises no_rollout, rolled_back, stage_changed.';
revoke execute on function public.store_evaluation(bigint, text, jsonb) from public, anon, authenticated;
grant execute on function public.store_evaluation(bigint, text, jsonb) to service_role;

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
  s.scored,
  s.pairs,
  s.candidate_rmse,
  s.baseline_rmse,
  s.candidate_rmse / nullif(s.baseline_rmse, 0) as rmse_ratio,
  s.candidate_crps,
  s.baseline_crps,
  s.candidate_crps / nullif(s.baseline_crps, 0) as crps_ratio,
  s.coverage_90,
  w.window_id,
  w.divergence,
  w.verdict,
  w.validated_at,
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
cross join lateral (
  select count(*)::integer as scored, count(b.crps)::integer as pairs,
    sqrt(avg(co.error * co.error) filter (where b.crps is not null)) as candidate_rmse, sqrt(avg(b.error * b.error)) as baseline_rmse,
    avg(co.crps) filter (where b.crps is not null) as candidate_crps, avg(b.crps) as baseline_crps,
    avg(co.covered_90::integer)::double precision as coverage_90
  from public.forecasts c
  join public.forecast_outcomes co on co.forecast_id = c.id
  left join lateral (
    select bo.error, bo.crps
    from public.forecasts x
    join public.forecast_outcomes bo on bo.forecast_id = x.id and bo.outcome_time = co.outcome_time
    where x.symbol_id = c.symbol_id and x.horizon = c.horizon and x.ensemble = 'baseline' and x.config_hash = r.baseline_hash
      and x.data_cutoff = c.data_cutoff and x.issued_at >= r.stage_started_at
  ) b on true
  where c.symbol_id = m.symbol_id and c.horizon = h.horizon and c.ensemble = 'candidate' and c.config_hash = r.candidate_hash
    and c.issued_at >= r.stage_started_at
) s
left join lateral (
  select e.window_id, e.divergence, t.verdict, e.updated_at as validated_at
  from public.vw_valid_windows v
  join public.ensemble_validation_metrics e on e.id = v.metrics_id
  join public.overfitting_tests t on t.metrics_id = e.id
  where v.symbol_id = m.symbol_id and v.horizon = h.horizon and v.config_hash = r.candidate_hash
  order by e.window_id desc
  limit 1
) w on true
cross join lateral (
  select count(*)::integer as alerts_open
  from public.divergence_alerts x
  where x.symbol_id = m.symbol_id and x.horizon = h.horizon and x.ensemble = 'candidate' and x.resolved_at is null
) a
order by m.symbol, h.horizon;
comment on view public.vw_canary_board is
  'The latest rollout by symbol and horizon that it has reached: who serves, the last forecast, candidate beside baseline over the forecasts of '
  'the present stage that have come true, the latest window, open alerts.';
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
