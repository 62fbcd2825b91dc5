-- The evaluation of a rollout: the evidence that the judge reads, what becomes of what it finds, and the slot that asks it three times a
-- session.

create function internal.forecast_origins(p_from date, p_until date) returns table (
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
  'session for 4h, one on a half day; none for 8h on a half day. Raises calendar_ends.';
revoke execute on function internal.forecast_origins(date, date) from public;

create function internal.publishing_stopped(p_from timestamptz, p_until timestamptz) returns boolean
language sql stable set search_path = ''
as $$
  with switches as (
    select e.id, e.happened_at, e.kind from public.rollout_events e where e.kind in ('kill_switch_on', 'kill_switch_off')
  )
  select exists (select from switches s where s.kind = 'kill_switch_on' and s.happened_at > p_from and s.happened_at <= p_until)
    or coalesce(
      (select s.kind = 'kill_switch_on' from switches s where s.happened_at <= p_from order by s.id desc limit 1),
      (select s.kind = 'kill_switch_off' from switches s where s.happened_at > p_from order by s.id limit 1),
      internal.setting('publishing_enabled') <> 'true')
$$;
comment on function internal.publishing_stopped(timestamptz, timestamptz) is
  'Whether the kill switch was on at some moment between two, by its events: nothing was planned then.';
revoke execute on function internal.publishing_stopped(timestamptz, timestamptz) from public;

create function internal.expected_forecasts(p_rollout_id bigint, p_since timestamptz, p_until timestamptz) returns table (
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

create function internal.is_of_rollout(p_rollout_id bigint, p_symbol text) returns boolean
language sql stable set search_path = ''
as $$
  select p_symbol is null or exists (
    select from public.rollout_symbols m where m.rollout_id = p_rollout_id and m.symbol = p_symbol)
$$;
comment on function internal.is_of_rollout(bigint, text) is
  'Whether what concerns a symbol concerns a rollout: it has reached the symbol, or no single symbol is meant (null).';
revoke execute on function internal.is_of_rollout(bigint, text) from public;

create function internal.is_made_good(p_job public.jobs) returns boolean
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

create function internal.rollout_dead_jobs(p_rollout_id bigint, p_since timestamptz) returns table (
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

create function internal.rollout_health(p_since timestamptz) returns jsonb
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

create function internal.rollout_evidence(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = '' set timezone = 'UTC'
as $$
declare
  v public.rollouts;
  v_until timestamptz;
begin
  select r.* into v from public.rollouts r order by r.id desc limit 1;
  if v.id is null then
    perform internal.refuse(409, 'no_rollout', 'no rollout was ever started: there is nothing to judge');
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
        cross join lateral internal.valid_windows(m.symbol_id, h.horizon, v.candidate_hash) k
        join public.ensemble_validation_metrics e on e.id = k.metrics_id
        join public.overfitting_tests t on t.metrics_id = k.metrics_id
        where m.rollout_id = v.id
        order by m.symbol, h.horizon, k.window_id desc
      ) w),
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

create function public.rollout_evidence() returns jsonb
language sql security definer set search_path = ''
as $$
  select internal.rollout_evidence()
$$;
comment on function public.rollout_evidence() is
  'All that a stage of the latest rollout is judged by, as one document whose schema is src/shared/contracts/rollout-evidence.ts: forecasts '
  'expected and there, pairs of both ensembles from the same bars with what came true, windows, dead jobs, failed runs, errors, durations of '
  'queries, approvals. Of an ended rollout as it was at its end. Raises no_rollout.';
revoke execute on function public.rollout_evidence() from public, anon, authenticated;
grant execute on function public.rollout_evidence() to service_role;

create function public.store_evaluation(p_rollout_id bigint, p_stage text, p_evaluation jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_rollout public.rollouts := internal.require_running_rollout();
  v_before public.rollout_evaluations := internal.latest_evaluation(v_rollout);
  v public.rollout_evaluations;
  v_triggers text;
begin
  if v_rollout.id is distinct from p_rollout_id then
    perform internal.refuse(409, 'no_rollout', format('rollout %s does not run: rollout %s does', p_rollout_id, v_rollout.id));
  elsif v_rollout.stage is distinct from p_stage then
    perform internal.refuse(409, 'stage_changed', format('rollout %s is in stage %s, not %s: %s', v_rollout.id, v_rollout.stage, p_stage,
      internal.decision_text(v_rollout.id, '{deployed, promoted}')));
  end if;

  insert into public.rollout_evaluations (
    rollout_id, stage, evidence_at, verdict, status_line, criteria, triggers, markdown, code_version, last_event_id)
  select v_rollout.id, v_rollout.stage, (p_evaluation ->> 'evidence_at')::timestamptz, p_evaluation ->> 'verdict',
    p_evaluation ->> 'status_line', p_evaluation -> 'criteria', coalesce(p_evaluation -> 'triggers', '[]'), p_evaluation ->> 'markdown',
    p_evaluation ->> 'code_version', (select max(e.id) from public.rollout_events e)
  returning * into v;
  if v_before.verdict is distinct from v.verdict then
    perform internal.add_rollout_event(v_rollout.id, 'evaluated', 'automatic', v.status_line,
      internal.evaluation_figures(v) || jsonb_build_object('before', v_before.verdict));
  end if;

  if jsonb_array_length(v.triggers) = 0 then
    return jsonb_build_object('evaluation_id', v.id, 'verdict', v.verdict, 'rolled_back', false);
  end if;
  perform internal.add_rollout_event(v_rollout.id, 'trigger', 'automatic', coalesce(t.value ->> 'sentence', t.value ->> 'trigger'),
    t.value || jsonb_build_object('evaluation_id', v.id),
    concat_ws(' ', v_rollout.stage, t.value ->> 'trigger', t.value ->> 'subject'))
  from jsonb_array_elements(v.triggers) t;
  if internal.setting('automatic_rollback') <> 'true' then
    return jsonb_build_object('evaluation_id', v.id, 'verdict', v.verdict, 'rolled_back', false);
  end if;
  select string_agg(coalesce(t.value ->> 'sentence', t.value ->> 'trigger'), ' ') into v_triggers
  from jsonb_array_elements(v.triggers) t;
  perform internal.roll_back(v_rollout.id, 'automatic', v_triggers, jsonb_build_object('triggers', v.triggers));
  return jsonb_build_object('evaluation_id', v.id, 'verdict', v.verdict, 'rolled_back', true);
end
$$;
comment on function public.store_evaluation(bigint, text, jsonb) is
  'Stores what the judge found of a rollout''s stage: {evaluation_id, verdict, rolled_back}. Another verdict than the one before leaves an '
  'event; triggers leave one each and, unless automatic_rollback is false, roll back. Raises no_rollout, rolled_back, stage_changed.';
revoke execute on function public.store_evaluation(bigint, text, jsonb) from public, anon, authenticated;
grant execute on function public.store_evaluation(bigint, text, jsonb) to service_role;

alter table public.runs drop constraint runs_kind_known;
alter table public.runs add constraint runs_kind_known check (
  kind in ('forecast', 'validation', 'ingestion', 'divergence_check', 'rollout_evaluation')
) not valid;
alter table public.runs drop constraint runs_of_an_ensemble_name_it;
alter table public.runs add constraint runs_of_an_ensemble_name_it check (
  kind in ('ingestion', 'rollout_evaluation') or num_nulls(ensemble, configuration, config_hash) = 0
) not valid;
comment on column public.runs.kind is
  'forecast: one forecast a symbol. validation: walk-forward windows of one symbol, then the divergence check. ingestion: bars from a '
  'provider, a job a symbol and timeframe. divergence_check: the daily check of one symbol''s stored windows. rollout_evaluation: the judge '
  'of the rollout that runs.';
comment on column public.runs.ensemble is 'candidate or baseline; null for an ingestion or an evaluation, which know no one ensemble.';
comment on column public.runs.params is
  'What was asked: symbols, horizon, windows; of an ingestion the setting market_data; of an evaluation rollout_id and stage.';

alter table public.jobs drop constraint jobs_kind_known;
alter table public.jobs add constraint jobs_kind_known check (
  kind in ('forecast', 'validate_window', 'check_divergence', 'ingest', 'evaluate_rollout')
) not valid;
comment on column public.jobs.kind is 'forecast, validate_window, check_divergence, ingest or evaluate_rollout.';
comment on column public.jobs.result is
  'What an ingest job did: bars given, inserted and changed, whether the series was fetched whole, gaps, requests. Of an evaluation: '
  'evaluation_id, verdict, rolled_back, or skipped with the reason. Null for the other kinds, whose results are rows of their own.';
comment on column public.jobs.priority is
  'Smaller is claimed first: 5 forecasts asked for over HTTP, 10 scheduled ones, 15 evaluations of a rollout, 20 ingestions, 50 divergence '
  'checks, 100 windows.';

create or replace function internal.worker_function(p_kind text) returns text
language sql immutable set search_path = ''
as $$
  select case p_kind
    when 'check_divergence' then 'check-divergence'
    when 'ingest' then 'ingest-bars'
    when 'evaluate_rollout' then 'rollout'
    else 'forecast-worker'
  end
$$;

create function internal.plan_evaluation(p_key text) returns jsonb
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
    jsonb_build_object('rollout_id', v_rollout.id, 'stage', v_rollout.stage), 15);
  return jsonb_build_object('run_id', v_run_id);
end
$$;
comment on function internal.plan_evaluation(text) is
  'Plans one evaluation of the rollout that runs, once a key and stage: {run_id}, or {skipped} with the reason.';
revoke execute on function internal.plan_evaluation(text) from public;

create function internal.finish_evaluation(p_job public.jobs, p_result jsonb) returns jsonb
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

create or replace function public.complete_job(p_job_id bigint, p_lease_token uuid, p_result jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_artifact_id bigint;
  v_forecast_id bigint;
  v_result jsonb;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  case v_job.kind
    when 'forecast' then
      v_artifact_id := internal.store_artifact(v_job.run_id, p_result -> 'artifact');
      v_forecast_id := internal.store_forecast(v_job.run_id, v_artifact_id, p_result -> 'forecast');
      if jsonb_typeof(p_result -> 'weights') = 'object' then
        perform internal.store_weights(v_job.run_id, v_forecast_id, p_result -> 'weights');
      end if;
    when 'validate_window' then
      perform internal.store_validation(v_job.run_id, p_result -> 'metrics', p_result -> 'tests');
    when 'check_divergence' then
      perform internal.apply_divergence_check(p_result);
    when 'ingest' then
      v_result := internal.store_ingestion(v_job, p_result);
    when 'evaluate_rollout' then
      v_result := internal.finish_evaluation(v_job, p_result);
  end case;
  if v_result is not null then
    update public.jobs set result = v_result where id = v_job.id;
  end if;
  perform internal.end_job(v_job, 'succeeded', null, null);
  perform internal.request_workers(1);
end
$$;

insert into public.schedule_slots (slot, local_times, after_close, days, calls, make_up_within, description) values
  ('evaluate_rollout', '{07:45, 11:45, 17:45}', '{}', 'sessions', 'internal.plan_evaluation(slot''s key)', '1 hour',
   'Judges the rollout that runs, a quarter of an hour before each report.');
select internal.schedule_all();
