-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- rollout/functions/failure_class.sql
create or replace function internal.failure_class(p_kind text, p_source text, p_code text, p_about jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when p_about ->> 'requested_via' = 'http' or p_kind = 'error' and p_source = 'forecast' then 'request'
    -- Busy, shutting down, out of resources, disconnected, or not reached: SQLSTATEs by class, and ours.
    when coalesce(p_about ->> 'sqlstate', p_code) ~ '^(08|40|53|55|57|58|XX)[0-9A-Z]{3}$'
      or p_code in ('store_busy', 'store_unreachable', 'store_unavailable') then 'platform'
    when p_kind = 'error' then case
      when p_source in ('cron.watch_rollout', 'cron.evaluate_rollout') then 'judge'
      -- A function that has another code was refused by what it called.
      when p_code <> 'internal_error' then 'platform'
      when p_source = 'forecast-worker' then 'candidate'
      when p_source in ('rollout', 'check-divergence') then 'judge'
      else 'platform' end
    when p_source in ('evaluate_rollout', 'check_divergence') then 'judge'
    when p_source = 'ingest' then 'bars'
    when p_about ->> 'ensemble' = 'baseline' then 'baseline'
    when p_code in ('too_few_bars', 'too_few_bars_for_window', 'too_short_span', 'constant_series', 'repeated_prices', 'implausible_price',
      'too_many_gaps') then 'bars'
    else 'candidate'
  end
$$;
comment on function internal.failure_class(text, text, text, jsonb) is
  'Whose fault a failure is, for the rollout that runs: candidate, judge, bars, baseline, platform or request (docs/rollout.md has the table). '
  'Kind, source and code as error_sightings has them; about: details of an error, ensemble and requested_via of a job. The one place of this rule.';
revoke execute on function internal.failure_class(text, text, text, jsonb) from public;

-- rollout/functions/failure_consequence.sql
create or replace function internal.failure_consequence(p_class text) returns text
language sql immutable set search_path = ''
as $$
  select case
    when p_class in ('candidate', 'judge') then 'counts'
    when p_class = 'bars' then 'holds'
    when p_class = 'request' then 'none'
    else 'noted'
  end
$$;
comment on function internal.failure_consequence(text) is
  'What a failure of a class comes to. counts: against the candidate, an error rolls back. holds: the stage, by the criterion on errors, as '
  'those that count do. noted: in the canary log. none: not even that. The one place of this rule.';
revoke execute on function internal.failure_consequence(text) from public;

-- rollout-evidence/functions/internal_rollout_evidence.sql
create or replace function internal.rollout_evidence(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = '' set timezone = 'UTC'
as $$
declare
  v public.rollouts;
  v_until timestamptz;
  -- Of each list so many of the newest, and the count of all.
  v_most constant integer := 50;
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
    'expected', internal.expected_evidence(v, v_until),
    'compared', internal.compared_evidence(v),
    'windows', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', w.symbol, 'horizon', w.horizon, 'window_id', w.window_id,
        'last_bar_time', w.last_bar_time, 'divergence', w.divergence, 'verdict', w.verdict, 'implausible', w.implausible_skill,
        'reasons', w.reasons, 'validated_at', w.validated_at) order by w.symbol, w.horizon), '[]')
      from (
        select m.symbol, h.horizon, k.window_id, t.last_bar_time, e.divergence, t.verdict, t.implausible_skill, t.reasons,
          e.updated_at as validated_at
        from public.rollout_symbols m
        cross join unnest(m.horizons) h(horizon)
        cross join lateral (
          select x.metrics_id, x.window_id from public.vw_valid_windows x
          where x.symbol_id = m.symbol_id and x.horizon = h.horizon and x.config_hash = v.candidate_hash
          order by x.window_id desc limit 1
        ) k
        join public.ensemble_validation_metrics e on e.id = k.metrics_id
        join public.overfitting_tests t on t.metrics_id = k.metrics_id
        where m.rollout_id = v.id
      ) w),
    'triggers', internal.large_divergences(v),
    'dead_jobs', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(to_jsonb(j) - 'made_good' - 'class' - 'rank' order by j.id)
        filter (where j.rank <= v_most), '[]'))
      from (
        select d.*, row_number() over (order by d.id desc) as rank
        from internal.rollout_dead_jobs(v.id, v.stage_started_at) d where d.finished_at <= v_until and not d.made_good
          and internal.failure_consequence(d.class) in ('counts', 'holds')
      ) j),
    'failed_runs', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'kind', r.kind,
        'code', r.error_code, 'message', r.error_message, 'finished_at', r.finished_at) order by r.finished_at, r.id)
        filter (where r.rank <= v_most), '[]'))
      from (
        select r.*, row_number() over (order by r.finished_at desc, r.id) as rank
        from public.runs r
        where r.status = 'failed' and r.finished_at >= v.stage_started_at and r.finished_at <= v_until
          -- A run failed for the rollout if one of its dead jobs did: an ingestion is of every symbol. One that was refused has none.
          and coalesce((
            select bool_or(internal.is_of_rollout(v.id, j.payload ->> 'symbol') and not internal.is_made_good(j)
              and internal.failure_consequence(internal.failure_class('dead_job', j.kind, j.error_code,
                jsonb_build_object('ensemble', j.payload ->> 'ensemble', 'requested_via', r.requested_via))) in ('counts', 'holds'))
            from public.jobs j where j.run_id = r.id and j.status = 'dead'
          ), (r.kind = 'rollout_evaluation' or exists (
              select from jsonb_array_elements_text(r.params -> 'symbols') n(symbol) where internal.is_of_rollout(v.id, n.symbol)))
            and internal.failure_consequence(internal.failure_class('dead_job', r.kind, r.error_code,
              jsonb_build_object('ensemble', r.ensemble, 'requested_via', r.requested_via))) in ('counts', 'holds'))
      ) r),
    'errors', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'source', e.source,
        'code', e.code, 'message', e.message, 'occurred_at', e.occurred_at) order by e.id) filter (where e.rank <= v_most), '[]'))
      from (
        select e.*, row_number() over (order by e.id desc) as rank
        from internal.rollout_errors(v.stage_started_at, v_until) e where internal.failure_consequence(e.class) in ('counts', 'holds')
      ) e),
    'set_aside', (
      select coalesce(jsonb_object_agg(f.class, f.failures), '{}')
      from (
        select a.class, count(*) as failures
        from (
          select e.class from internal.rollout_errors(v.stage_started_at, v_until) e
          union all
          select d.class from internal.rollout_dead_jobs(v.id, v.stage_started_at) d where d.finished_at <= v_until
        ) a
        where internal.failure_consequence(a.class) in ('noted', 'none')
        group by a.class
      ) f),
    'health', jsonb_build_object('captured', v.health_captured, 'now', internal.rollout_health(v.stage_started_at)),
    'evaluations', (
      select count(*) from public.rollout_evaluations e where e.rollout_id = v.id and e.stage = v.stage),
    'alerts_open', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('symbol', a.symbol, 'horizon', a.horizon,
        'level', a.level, 'opened_at', a.opened_at) order by a.id) filter (where a.rank <= v_most), '[]'))
      from (
        select a.*, row_number() over (order by a.id desc) as rank
        from public.divergence_alerts a
        where a.resolved_at is null and a.ensemble = 'candidate' and internal.is_of_rollout(v.id, a.symbol)
      ) a));
end
$$;
comment on function internal.rollout_evidence(timestamptz) is 'What public.rollout_evidence returns, as of p_now.';
revoke execute on function internal.rollout_evidence(timestamptz) from public;

-- rollout-evidence/functions/rollout_dead_jobs.sql
-- What it returns has a column more.
drop function internal.rollout_dead_jobs(bigint, timestamptz);
create or replace function internal.rollout_dead_jobs(p_rollout_id bigint, p_since timestamptz) returns table (
  id bigint, kind text, symbol text, horizon text, ensemble text, code text, message text, finished_at timestamptz, made_good boolean,
  class text)
language sql stable set search_path = ''
as $$
  select j.id, j.kind, j.payload ->> 'symbol', coalesce(j.payload ->> 'horizon', j.payload ->> 'timeframe'), j.payload ->> 'ensemble',
    j.error_code, j.error_message, j.finished_at, internal.is_made_good(j),
    internal.failure_class('dead_job', j.kind, j.error_code,
      jsonb_build_object('ensemble', j.payload ->> 'ensemble', 'requested_via', r.requested_via))
  from public.jobs j
  join public.runs r on r.id = j.run_id
  where j.status = 'dead' and j.finished_at >= p_since and internal.is_of_rollout(p_rollout_id, j.payload ->> 'symbol')
$$;
comment on function internal.rollout_dead_jobs(bigint, timestamptz) is
  'Jobs that ended dead since, about symbols that a rollout has reached or about none; made_good: a later one did their work; class: whose '
  'fault it is (failure_class).';
revoke execute on function internal.rollout_dead_jobs(bigint, timestamptz) from public;

-- rollout-evidence/functions/rollout_errors.sql
create or replace function internal.rollout_errors(p_since timestamptz, p_until timestamptz) returns table (
  id bigint, source text, code text, message text, occurred_at timestamptz, class text)
language sql stable set search_path = ''
as $$
  select e.id, e.source, e.code, e.message, e.occurred_at, internal.failure_class('error', e.source, e.code, e.details)
  from public.errors e where e.occurred_at >= p_since and e.occurred_at <= p_until
$$;
comment on function internal.rollout_errors(timestamptz, timestamptz) is
  'Errors that nobody handled from one time to another, each with its class: whose fault it is (failure_class).';
revoke execute on function internal.rollout_errors(timestamptz, timestamptz) from public;

-- rollout-decisions/functions/promotion_obstacles.sql
create or replace function internal.promotion_obstacles(p_rollout public.rollouts) returns text[]
language plpgsql stable set search_path = ''
as $$
declare
  v_evaluation public.rollout_evaluations := internal.latest_evaluation(p_rollout);
  v_obstacles text[] := '{}';
  v_noticed text;
  v_since timestamptz;
begin
  if now() < p_rollout.stage_due_at then
    v_obstacles := v_obstacles || format('stage %s lasts until %s', p_rollout.stage, internal.utc_text(p_rollout.stage_due_at));
  end if;
  if v_evaluation.id is null then
    return v_obstacles || format('stage %s was not evaluated yet', p_rollout.stage);
  end if;
  if v_evaluation.verdict <> 'pass' then
    v_obstacles := v_obstacles || format('evaluation %s says %s: %s', v_evaluation.id, v_evaluation.verdict, (
      select string_agg(format('%s (%s)', c.criterion ->> 'criterion', c.criterion ->> 'verdict'), ', ' order by c.place)
      from jsonb_array_elements(v_evaluation.criteria) with ordinality c(criterion, place)
      where c.criterion ->> 'verdict' <> 'pass'));
  end if;
  if v_evaluation.evidence_at < now() - interval '24 hours' then
    v_obstacles := v_obstacles || format('evaluation %s is of %s, more than 24 hours ago', v_evaluation.id,
      internal.utc_text(v_evaluation.evidence_at));
  elsif v_evaluation.evidence_at > now() + interval '10 minutes' then
    v_obstacles := v_obstacles || format('evaluation %s is of %s, which is yet to come: the clock was set back', v_evaluation.id,
      internal.utc_text(v_evaluation.evidence_at));
  end if;
  -- What a transaction noticed is seen when it ends, minutes after its time at most: what is a little older than the evidence may not be in it.
  v_since := v_evaluation.evidence_at - interval '5 minutes';
  select string_agg(n.sentence, '; ' order by n.place, n.at, n.sentence) filter (where n.rank <= 20)
    || case when count(*) > 20 then format('; and %s more', count(*) - 20) else '' end
  into v_noticed
  from (
    select m.*, row_number() over (order by m.place, m.at, m.sentence) as rank
    from (
      select 1, e.id::double precision, format('%s: %s', replace(e.kind, '_', ' '), e.reason)
      from public.rollout_events e
      where e.rollout_id = p_rollout.id and e.kind in ('trigger', 'job_dead', 'forecast_missing', 'error')
        and (e.happened_at > v_since or e.id > coalesce(v_evaluation.last_event_id, 0))
        -- Triggers and missing forecasts have no class.
        and (e.figures ->> 'class' is null or internal.failure_consequence(e.figures ->> 'class') in ('counts', 'holds'))
      union all
      -- And what the watch, which comes every five minutes, has not noticed yet.
      select 2, extract(epoch from e.occurred_at), format('error: error %s of %s: %s', e.id, e.source, e.code)
      from internal.rollout_errors(v_since, 'infinity') e
      where internal.failure_consequence(e.class) in ('counts', 'holds') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'error' and x.subject = format('error %s', e.id))
      union all
      select 2, extract(epoch from j.finished_at), format('job dead: job %s, %s: %s', j.id, concat_ws(' ', j.kind, j.symbol, j.horizon), j.code)
      from internal.rollout_dead_jobs(p_rollout.id, v_since) j
      where not j.made_good and internal.failure_consequence(j.class) in ('counts', 'holds') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'job_dead' and x.subject = format('job %s %s', j.id, internal.utc_text(j.finished_at)))
      union all
      select 2, extract(epoch from f.deadline), format('forecast missing: %s was not there by %s',
        concat_ws(' ', f.symbol, f.horizon, f.ensemble, f.session_date), internal.utc_text(f.deadline))
      from internal.expected_forecasts(p_rollout.id, greatest(v_since, p_rollout.stage_started_at), now()) f
      where f.ensemble = 'candidate' and f.state in ('late', 'forecast_missing') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'forecast_missing'
          and x.subject = internal.forecast_subject(f.symbol, f.horizon, f.ensemble, f.session_date, f.data_cutoff))
    ) m(place, at, sentence)
  ) n;
  if v_noticed is not null then
    v_obstacles := v_obstacles || format('noticed since evaluation %s or shortly before it: %s', v_evaluation.id, v_noticed);
  end if;
  return v_obstacles;
end
$$;
comment on function internal.promotion_obstacles(public.rollouts) is
  'What a promotion out of the present stage lacks, a sentence each; empty when it is ready: the stage has lasted long enough, and its latest '
  'evaluation passed, is at most 24 hours old, and later than anything that was noticed or has yet to be.';
revoke execute on function internal.promotion_obstacles(public.rollouts) from public;

-- rollout-watch/functions/alert_storm.sql
create or replace function internal.alert_storm(p_rollout public.rollouts, p_since timestamptz, p_now timestamptz) returns jsonb
language sql stable set search_path = ''
as $$
  with alarm as (
    select a.opened_at as at, format('alert %s', a.id) as what
    from public.divergence_alerts a
    where a.opened_at >= greatest(p_rollout.stage_started_at, p_since) and a.opened_at <= p_now
      and a.ensemble = 'candidate' and a.level in ('critical', 'implausible') and internal.is_of_rollout(p_rollout.id, a.symbol)
    union all
    -- Of one source and code one a minute: what fails at every try is one thing that fails.
    select max(e.occurred_at), format('error %s %s', e.source, e.code)
    from internal.rollout_errors(greatest(p_rollout.stage_started_at, p_since), p_now) e
    where internal.failure_consequence(e.class) = 'counts'
    group by e.source, e.code, date_trunc('minute', e.occurred_at, 'UTC')
  ), hour as (
    -- Every hour that ends with an alarm, so that none is missed between two looks.
    select w.at, (
      select count(distinct a.what) from alarm a where a.at >= w.at - interval '1 hour' and a.at <= w.at) as alarms
    from (select distinct a.at from alarm a) w
  ), worst as (
    select h.at, h.alarms from hour h order by h.alarms desc, h.at limit 1
  )
  select coalesce(jsonb_agg(jsonb_build_object('trigger', 'alert_storm', 'subject', null,
      'figures', jsonb_build_object('alarms', w.alarms, 'until', w.at, 'allowed', c.allowed),
      'sentence', format('%s critical alerts and errors in the hour up to %s; %s are allowed.', w.alarms, internal.utc_text(w.at),
        c.allowed))), '[]')
  from worst w
  cross join (
    select (internal.setting('rollout_criteria') ->> 'critical_alerts_per_hour')::integer as allowed
  ) c
  where w.alarms > c.allowed
$$;
comment on function internal.alert_storm(public.rollouts, timestamptz, timestamptz) is
  'The trigger alert_storm when in some hour of the stage since p_since more than critical_alerts_per_hour critical or implausible alerts of the candidate '
  'opened or distinct errors that count against it (source and code) occurred, by the worst such hour; else [].';
revoke execute on function internal.alert_storm(public.rollouts, timestamptz, timestamptz) from public;

-- rollout-watch/functions/notice_failures.sql
create or replace function internal.notice_failures(p_rollout public.rollouts, p_since timestamptz, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_failure record;
  v_errors jsonb := '[]';
begin
  for v_failure in
    select j.*, w.subject
    from internal.rollout_dead_jobs(p_rollout.id, p_since) j
    cross join lateral (
      -- A job that was put back may die again.
      select format('job %s %s', j.id, internal.utc_text(j.finished_at)) as subject
    ) w
    where j.finished_at <= p_now and internal.failure_consequence(j.class) <> 'none' and not exists (
      select from public.rollout_events e where (e.rollout_id, e.kind, e.subject) = (p_rollout.id, 'job_dead', w.subject))
    order by j.id
  loop
    perform internal.add_rollout_event(p_rollout.id, 'job_dead', 'automatic', format('job %s, %s, ended dead: %s: %s', v_failure.id,
        concat_ws(' ', v_failure.kind, v_failure.symbol, v_failure.horizon, v_failure.ensemble), v_failure.code, v_failure.message),
      to_jsonb(v_failure) - 'made_good' - 'subject', v_failure.subject);
  end loop;
  for v_failure in
    -- Without its words: whoever may read the log may not read errors.
    select e.id, e.source, e.code, e.occurred_at, e.class from internal.rollout_errors(p_since, p_now) e
    where internal.failure_consequence(e.class) <> 'none' and not exists (
      select from public.rollout_events x
      where (x.rollout_id, x.kind, x.subject) = (p_rollout.id, 'error', format('error %s', e.id)))
    order by e.id
  loop
    if internal.add_rollout_event(p_rollout.id, 'error', 'automatic', format('error %s of %s: %s', v_failure.id, v_failure.source,
        v_failure.code), to_jsonb(v_failure), format('error %s', v_failure.id)) is not null
      and internal.failure_consequence(v_failure.class) = 'counts' then
      v_errors := v_errors || jsonb_build_object('id', v_failure.id, 'source', v_failure.source, 'code', v_failure.code);
    end if;
  end loop;
  if v_errors = '[]' then
    return '[]';
  end if;
  return jsonb_build_array(jsonb_build_object('trigger', 'unhandled_error', 'subject', null,
    'figures', jsonb_build_object('errors', v_errors), 'sentence', format('%s: %s.',
      case jsonb_array_length(v_errors) when 1 then 'an unhandled error' else jsonb_array_length(v_errors) || ' unhandled errors' end, (
      select string_agg(format('%s of %s%s', k.code, k.source, case when k.times > 1 then format(' (%s times)', k.times) else '' end), ', '
        order by k.place)
      from (
        select e.value ->> 'code', e.value ->> 'source', count(*), min(e.place)
        from jsonb_array_elements(v_errors) with ordinality e(value, place)
        group by 1, 2
      ) k(code, source, times, place)))));
end
$$;
comment on function internal.notice_failures(public.rollouts, timestamptz, timestamptz) is
  'Records dead jobs and unhandled errors since p_since with their class, each once (job_dead, error), those of a stage that was left before they '
  'were noticed too, but none of a request, and returns the trigger unhandled_error when there are new errors that count against the candidate; else [].';
revoke execute on function internal.notice_failures(public.rollouts, timestamptz, timestamptz) from public;

-- rollout-watch/functions/watch_rollout.sql
create or replace function internal.watch_rollout(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts;
  v_since timestamptz;
  v_present public.rollouts;
  v_lasting jsonb;
  v_triggers jsonb;
  v_new boolean := false;
  v_trigger record;
  v_reason text;
begin
  select r.* into v_rollout from public.rollouts r where r.status = 'running';
  if v_rollout.id is null then
    return jsonb_build_object('skipped', 'no rollout runs');
  end if;
  -- The first two are of what was not noticed before.
  -- What the last look saw it has recorded. What a transaction noted or stored is seen when that ends: two hours is longer than any takes.
  if v_rollout.watched_until is not null then
    v_since := greatest(v_rollout.started_at, least(v_rollout.watched_until, p_now) - interval '2 hours');
  end if;
  v_triggers := internal.notice_forecasts(v_rollout, coalesce(v_since, p_now - interval '7 days'), p_now)
    || internal.notice_failures(v_rollout, coalesce(v_since, v_rollout.started_at), p_now);
  v_new := v_triggers <> '[]';
  v_lasting := internal.large_divergences(v_rollout);
  v_triggers := v_triggers
    || internal.alert_storm(v_rollout, coalesce(v_since - interval '1 hour', v_rollout.stage_started_at), p_now) || v_lasting;
  if v_triggers = '[]' then
    perform internal.compare_pairs(500);
    perform internal.note_watched(v_rollout.id, p_now);
    return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', false);
  end if;

  v_present := internal.lock_rollout();
  if v_present.id <> v_rollout.id or v_present.status <> 'running' then
    return jsonb_build_object('skipped', format('rollout %s was decided on meanwhile', v_rollout.id));
  end if;
  -- Not before: who locks the rollout and then its row would wait for one who does it the other way round.
  perform internal.note_watched(v_rollout.id, p_now);
  for v_trigger in
    select t.value, internal.trigger_subject(v_rollout.stage, t.value) as subject
    from jsonb_array_elements(v_triggers) t(value)
  loop
    v_new := internal.add_rollout_event(v_rollout.id, 'trigger', 'automatic', v_trigger.value ->> 'sentence', v_trigger.value,
      v_trigger.subject) is not null or v_new;
  end loop;
  -- What was recorded while automatic_rollback was false stays a record; a divergence goes on as long as its window.
  if internal.setting('automatic_rollback') <> 'true' or not v_new and v_lasting = '[]' then
    return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', false);
  end if;
  select string_agg(t.value ->> 'sentence', ' ' order by t.place) into v_reason
  from jsonb_array_elements(v_triggers) with ordinality t(value, place);
  perform internal.roll_back(v_rollout.id, 'automatic', v_reason, jsonb_build_object('triggers', v_triggers));
  return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', true);
end
$$;
comment on function internal.watch_rollout(timestamptz) is
  'Looks at what has happened to the rollout that runs since it last looked, and two hours before: records missing forecasts and bars, dead jobs and unhandled errors, each once, and rolls back by itself, '
  'unless automatic_rollback is false, when forecasts of the candidate are missing, at an unhandled error that counts against it (failure_class), at more than '
  'critical_alerts_per_hour critical alerts and such errors in an hour, and at a divergence above largest_divergence. {rollout_id, triggers, '
  'rolled_back}, or {skipped}. Compares pairs that wait, at most 500. Reconcile calls it.';
revoke execute on function internal.watch_rollout(timestamptz) from public;
