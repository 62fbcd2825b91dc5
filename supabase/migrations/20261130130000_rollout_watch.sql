-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- rollout-watch/functions/alert_storm.sql
create or replace function internal.alert_storm(p_rollout public.rollouts, p_now timestamptz) returns jsonb
language sql stable set search_path = ''
as $$
  with alarm as (
    select a.opened_at as at
    from public.divergence_alerts a
    where a.ensemble = 'candidate' and a.level in ('critical', 'implausible') and internal.is_of_rollout(p_rollout.id, a.symbol)
    union all
    select e.occurred_at from public.errors e
  ), hour as (
    -- Every hour that ends with an alarm, so that none is missed between two looks.
    select a.at, count(*) over (order by a.at range between interval '1 hour' preceding and current row) as alarms
    from alarm a where a.at >= p_rollout.stage_started_at and a.at <= p_now
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
comment on function internal.alert_storm(public.rollouts, timestamptz) is
  'The trigger alert_storm when in some hour of the stage more than critical_alerts_per_hour critical or implausible alerts of the candidate '
  'opened or unhandled errors occurred, by the worst such hour; else [].';
revoke execute on function internal.alert_storm(public.rollouts, timestamptz) from public;

-- rollout-watch/functions/large_divergences.sql
create or replace function internal.large_divergences(p_rollout public.rollouts) returns jsonb
language sql stable set search_path = ''
as $$
  with largest as (
    select (internal.setting('rollout_criteria') ->> 'largest_divergence')::double precision as allowed
  )
  select coalesce(jsonb_agg(jsonb_build_object('trigger', 'divergence', 'subject', format('%s %s', e.symbol, e.horizon),
      'figures', jsonb_build_object('divergence', e.divergence, 'window_id', e.window_id, 'allowed', l.allowed),
      'sentence', format('the divergence of %s %s is %s %% in its latest window, above %s %%.', e.symbol, e.horizon,
        round((100 * e.divergence)::numeric, 2), round((100 * l.allowed)::numeric, 2)))
    order by e.symbol, e.horizon), '[]')
  from largest l
  -- The rows above it first, which are few: whether a window still stands is dear to ask of all.
  join public.ensemble_validation_metrics e on e.divergence > l.allowed
  join public.rollout_symbols m on m.rollout_id = p_rollout.id and m.symbol = e.symbol and e.horizon = any (m.horizons)
  where e.hyperparameters ->> 'config_hash' = p_rollout.candidate_hash
    and e.id = (
      select v.metrics_id from public.vw_valid_windows v
      where v.symbol_id = m.symbol_id and v.horizon = e.horizon and v.config_hash = p_rollout.candidate_hash
      order by v.window_id desc limit 1)
$$;
comment on function internal.large_divergences(public.rollouts) is
  'The trigger divergence for each symbol and horizon of a rollout whose candidate''s latest valid window is above largest_divergence; else []. '
  'The one place of this rule: the judge is given what it finds.';
revoke execute on function internal.large_divergences(public.rollouts) from public;

-- rollout-watch/functions/notice_failures.sql
create or replace function internal.notice_failures(p_rollout public.rollouts, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_failure record;
  v_errors jsonb := '[]';
begin
  for v_failure in
    select j.*, w.subject
    from internal.rollout_dead_jobs(p_rollout.id, p_rollout.started_at) j
    cross join lateral (
      -- A job that was put back may die again.
      select format('job %s %s', j.id, internal.utc_text(j.finished_at)) as subject
    ) w
    where j.finished_at <= p_now and not exists (
      select from public.rollout_events e where (e.rollout_id, e.kind, e.subject) = (p_rollout.id, 'job_dead', w.subject))
    order by j.id
  loop
    perform internal.add_rollout_event(p_rollout.id, 'job_dead', 'automatic', format('job %s, %s, ended dead: %s: %s', v_failure.id,
        concat_ws(' ', v_failure.kind, v_failure.symbol, v_failure.horizon, v_failure.ensemble), v_failure.code, v_failure.message),
      to_jsonb(v_failure) - 'made_good' - 'subject', v_failure.subject);
  end loop;
  for v_failure in
    -- Without its words: whoever may read the log may not read errors.
    select e.id, e.source, e.code, e.occurred_at from public.errors e
    where e.occurred_at >= p_rollout.started_at and e.occurred_at <= p_now and not exists (
      select from public.rollout_events x
      where (x.rollout_id, x.kind, x.subject) = (p_rollout.id, 'error', format('error %s', e.id)))
    order by e.id
  loop
    if internal.add_rollout_event(p_rollout.id, 'error', 'automatic', format('error %s of %s: %s', v_failure.id, v_failure.source,
        v_failure.code), to_jsonb(v_failure), format('error %s', v_failure.id)) is not null then
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
comment on function internal.notice_failures(public.rollouts, timestamptz) is
  'Records dead jobs and unhandled errors since the rollout began, each once (job_dead, error), those of a stage that was left before they '
  'were noticed too, and returns the trigger unhandled_error when there are new errors; else [].';
revoke execute on function internal.notice_failures(public.rollouts, timestamptz) from public;

-- rollout-watch/functions/notice_forecasts.sql
create or replace function internal.notice_forecasts(p_rollout public.rollouts, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_forecast record;
  v_missing text[] := '{}';
begin
  for v_forecast in
    select to_jsonb(f) as figures, f.ensemble, f.deadline, w.kind, w.subject
    from internal.expected_forecasts(p_rollout.id, greatest(p_rollout.stage_started_at, p_now - interval '7 days'), p_now) f
    cross join lateral (
      select case f.state when 'bar_missing' then 'bars_missing' else f.state end as kind,
        concat_ws(' ', f.symbol, f.horizon, case when f.state = 'forecast_missing' then f.ensemble end, f.session_date,
          -- A session has two bars of 4h.
          case when f.horizon <> '1D' then to_char(f.data_cutoff at time zone 'America/New_York', 'HH24:MI') end) as subject
    ) w
    where (f.state = 'forecast_missing' or (f.state = 'bar_missing' and f.ensemble = 'candidate'))
      and not exists (
        select from public.rollout_events e where (e.rollout_id, e.kind, e.subject) = (p_rollout.id, w.kind, w.subject))
    order by f.deadline, f.symbol, f.horizon, f.ensemble
  loop
    if v_forecast.kind = 'bars_missing' then
      -- Neither ensemble could forecast from it: nothing that a rollback would mend.
      perform internal.add_rollout_event(p_rollout.id, v_forecast.kind, 'automatic', format('the bar of %s had not come by %s',
        v_forecast.subject, internal.utc_text(v_forecast.deadline)), v_forecast.figures - 'ensemble', v_forecast.subject);
    elsif internal.add_rollout_event(p_rollout.id, v_forecast.kind, 'automatic', format('%s was not there by %s', v_forecast.subject,
        internal.utc_text(v_forecast.deadline)), v_forecast.figures, v_forecast.subject) is not null
      and v_forecast.ensemble = 'candidate' then
      v_missing := v_missing || v_forecast.subject;
    end if;
  end loop;
  if cardinality(v_missing) = 0 then
    return '[]';
  end if;
  return jsonb_build_array(jsonb_build_object('trigger', 'missing_forecasts', 'subject', null,
    'figures', jsonb_build_object('missing', to_jsonb(v_missing)),
    'sentence', format('%s: %s.', case cardinality(v_missing) when 1 then 'a forecast of the candidate is missing'
      else cardinality(v_missing) || ' forecasts of the candidate are missing' end, array_to_string(v_missing, ', '))));
end
$$;
comment on function internal.notice_forecasts(public.rollouts, timestamptz) is
  'Records forecasts and bars that are missing past their deadline in the last seven days of the stage, each once (forecast_missing, '
  'bars_missing), and returns the trigger missing_forecasts when there are new ones of the candidate; else [].';
revoke execute on function internal.notice_forecasts(public.rollouts, timestamptz) from public;

-- rollout-watch/functions/trigger_subject.sql
create or replace function internal.trigger_subject(p_stage text, p_trigger jsonb) returns text
language sql stable set search_path = '' set timezone = 'UTC'
as $$
  -- Missing forecasts and errors are new as often as they are found.
  select case when p_trigger ->> 'trigger' not in ('missing_forecasts', 'unhandled_error') then
    concat_ws(' ', p_stage, p_trigger ->> 'trigger', p_trigger ->> 'subject', p_trigger #>> '{figures, window_id}',
      (p_trigger #>> '{figures, until}')::timestamptz::date) end
$$;
comment on function internal.trigger_subject(text, jsonb) is
  'What the event of a trigger is about, so that what lasts leaves one event, whoever meets it: stage, trigger, subject, and the window or day '
  'that it is of; null for a trigger that leaves an event each time.';
revoke execute on function internal.trigger_subject(text, jsonb) from public;

-- rollout-watch/functions/watch_rollout.sql
create or replace function internal.watch_rollout(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts;
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
  v_triggers := internal.notice_forecasts(v_rollout, p_now) || internal.notice_failures(v_rollout, p_now);
  v_new := v_triggers <> '[]';
  v_lasting := internal.large_divergences(v_rollout);
  v_triggers := v_triggers || internal.alert_storm(v_rollout, p_now) || v_lasting;
  if v_triggers = '[]' then
    return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', false);
  end if;

  v_present := internal.lock_rollout();
  if v_present.id <> v_rollout.id or v_present.status <> 'running' then
    return jsonb_build_object('skipped', format('rollout %s was decided on meanwhile', v_rollout.id));
  end if;
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
  'Looks at the rollout that runs: records missing forecasts and bars, dead jobs and unhandled errors, each once, and rolls back by itself, '
  'unless automatic_rollback is false, when forecasts of the candidate are missing, at an unhandled error, at more than '
  'critical_alerts_per_hour critical alerts and errors in an hour, and at a divergence above largest_divergence. {rollout_id, triggers, '
  'rolled_back}, or {skipped}. Reconcile calls it.';
revoke execute on function internal.watch_rollout(timestamptz) from public;
