-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- rollout-decisions/functions/approve_rollout.sql
create or replace function public.approve_rollout(p_actor text, p_role text, p_note text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_roles jsonb := internal.setting('rollout_roles');
  v_note text := nullif(btrim(p_note), '');
  v_rollout public.rollouts := internal.require_running_rollout();
  v_subject text := format('%s %s', v_rollout.stage, p_role);
  v_event_id bigint;
begin
  if not v_roles ? coalesce(p_role, '') then
    perform internal.refuse(400, 'unknown_role', format('%s is not a role that approves; the setting rollout_roles names %s',
      coalesce(p_role, 'null'), coalesce((select string_agg(r.name, ', ' order by r.name) from jsonb_array_elements_text(v_roles) r(name)),
        'none')));
  end if;
  v_event_id := internal.add_rollout_event(v_rollout.id, 'approved', v_actor, coalesce(v_note, format('approved as %s', p_role)),
    jsonb_build_object('role', p_role, 'note', v_note), v_subject);
  if v_event_id is null then
    perform internal.refuse(409, 'already_approved', (
      select format('Stage %s of rollout %s was approved as %s by %s at %s', v_rollout.stage, v_rollout.id, p_role, e.actor,
        internal.utc_text(e.happened_at))
      from public.rollout_events e
      where e.rollout_id = v_rollout.id and e.kind = 'approved' and e.subject = v_subject));
  end if;
  return jsonb_build_object('rollout_id', v_rollout.id, 'stage', v_rollout.stage, 'role', p_role, 'event_id', v_event_id,
    'missing', (
      select coalesce(jsonb_agg(r.name order by r.place), '[]')
      from jsonb_array_elements_text(v_roles) with ordinality r(name, place)
      where not exists (
        select from public.rollout_events e
        where e.rollout_id = v_rollout.id and e.kind = 'approved' and e.subject = format('%s %s', v_rollout.stage, r.name))));
end
$$;
comment on function public.approve_rollout(text, text, text) is
  'Approves the present stage as one of the setting rollout_roles, once a role and stage: {rollout_id, stage, role, event_id, missing: the '
  'roles that have not}. Raises no_actor, unknown_role, already_approved, no_rollout, rolled_back.';
revoke execute on function public.approve_rollout(text, text, text) from public, anon, authenticated;
grant execute on function public.approve_rollout(text, text, text) to service_role;

-- rollout-decisions/functions/decision_text.sql
create or replace function internal.decision_text(p_rollout_id bigint, p_kinds text[]) returns text
language sql stable set search_path = ''
as $$
  select format('%s by %s at %s: %s', replace(e.kind, '_', ' '), e.actor, internal.utc_text(e.happened_at), e.reason)
  from public.rollout_events e
  where e.rollout_id = p_rollout_id and e.kind = any (p_kinds)
  order by e.id desc limit 1
$$;
comment on function internal.decision_text(bigint, text[]) is 'The latest event of these kinds in words: what, who, when, why; null without one.';
revoke execute on function internal.decision_text(bigint, text[]) from public;

-- rollout-decisions/functions/extend_rollout.sql
create or replace function public.extend_rollout(p_actor text, p_days integer, p_reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_reason text := internal.require_reason(p_reason);
  v_rollout public.rollouts;
  v_due_at timestamptz;
  v_event_id bigint;
begin
  if p_days is null or p_days not between 1 and 1000 then
    perform internal.refuse(400, 'invalid_days', format('A stage is extended by 1 to 1000 days, not by %s', p_days));
  end if;
  v_rollout := internal.require_running_rollout();
  v_due_at := greatest(v_rollout.stage_due_at, now()) + make_interval(days => p_days);
  update public.rollouts set stage_due_at = v_due_at where id = v_rollout.id;
  v_event_id := internal.add_rollout_event(v_rollout.id, 'extended', v_actor, v_reason,
    jsonb_build_object('days', p_days, 'from', v_rollout.stage_due_at, 'to', v_due_at));
  return jsonb_build_object('rollout_id', v_rollout.id, 'stage', v_rollout.stage, 'stage_due_at', v_due_at, 'event_id', v_event_id);
end
$$;
comment on function public.extend_rollout(text, integer, text) is
  'Lets the present stage last longer by so many days, from its end or, when that has passed, from now: {rollout_id, stage, stage_due_at, '
  'event_id}. Raises no_actor, no_reason, invalid_days, no_rollout, rolled_back.';
revoke execute on function public.extend_rollout(text, integer, text) from public, anon, authenticated;
grant execute on function public.extend_rollout(text, integer, text) to service_role;

-- rollout-decisions/functions/note_rollout.sql
create or replace function public.note_rollout(p_actor text, p_text text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_rollout_id bigint := (select max(r.id) from public.rollouts r);
begin
  if coalesce(btrim(p_text), '') = '' then
    perform internal.refuse(400, 'no_text', 'A note needs its text');
  end if;
  return jsonb_build_object('rollout_id', v_rollout_id,
    'event_id', internal.add_rollout_event(v_rollout_id, 'note', v_actor, btrim(p_text)));
end
$$;
comment on function public.note_rollout(text, text) is
  'Writes a note into the log, of the latest rollout or, before the first, of none: {rollout_id, event_id}. Raises no_actor, no_text.';
revoke execute on function public.note_rollout(text, text) from public, anon, authenticated;
grant execute on function public.note_rollout(text, text) to service_role;

-- rollout-decisions/functions/promote_rollout.sql
create or replace function public.promote_rollout(
  p_actor text, p_reason text default null, p_force boolean default false, p_stage text default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  -- What is not said to be forced is not: a null would let everything pass.
  v_force boolean := coalesce(p_force, false);
  v_reason text := case when v_force then internal.require_reason(p_reason) else nullif(btrim(p_reason), '') end;
  v_rollout public.rollouts := internal.lock_rollout();
  v_evaluation public.rollout_evaluations;
  v_obstacles text[];
  v_to text;
  v_reached jsonb;
  v_symbols text[] := '{}';
  v_event_id bigint;
begin
  if v_rollout.status = 'completed' and p_stage is not null or v_rollout.status = 'running' and p_stage <> v_rollout.stage then
    perform internal.refuse(409, 'stage_changed', format('Rollout %s is not in stage %s any more, but %s: %s', v_rollout.id, p_stage,
      case v_rollout.status when 'running' then 'in stage ' || v_rollout.stage else 'completed' end,
      internal.decision_text(v_rollout.id, '{deployed, promoted, completed}')));
  end if;
  v_rollout := internal.require_running_rollout();
  v_obstacles := internal.promotion_obstacles(v_rollout);
  if cardinality(v_obstacles) > 0 and not v_force then
    perform internal.refuse(409, 'not_ready', format('Rollout %s is not ready to leave stage %s: %s', v_rollout.id, v_rollout.stage,
      array_to_string(v_obstacles, '; ')));
  end if;

  v_evaluation := internal.latest_evaluation(v_rollout);
  v_to := case v_rollout.stage when 'canary' then 'limited' when 'limited' then 'full' else 'completed' end;
  v_reason := coalesce(v_reason, format('evaluation %s passed', v_evaluation.id));
  select coalesce(jsonb_object_agg(m.symbol, m.horizons), '{}') into v_reached
  from public.rollout_symbols m where m.rollout_id = v_rollout.id;
  if v_to <> 'completed' then
    v_symbols := internal.reach_stage(v_rollout.id, v_to);
  end if;
  -- Before the row changes: the event is of the stage that is left.
  v_event_id := internal.add_rollout_event(v_rollout.id, case v_to when 'completed' then 'completed' else 'promoted' end, v_actor,
    v_reason, jsonb_build_object('from', v_rollout.stage, 'to', v_to, 'forced', cardinality(v_obstacles) > 0,
      'overridden', to_jsonb(v_obstacles), 'overridden_criteria', case when cardinality(v_obstacles) > 0 then (
        select coalesce(jsonb_agg(c.criterion order by c.place), '[]')
        from jsonb_array_elements(v_evaluation.criteria) with ordinality c(criterion, place)
        where c.criterion ->> 'verdict' <> 'pass') else '[]' end,
      'evaluation', internal.evaluation_figures(v_evaluation), 'reached', v_reached, 'symbols', to_jsonb(v_symbols)));
  if v_to = 'completed' then
    update public.rollouts set status = 'completed', ended_at = now(), ended_because = v_reason where id = v_rollout.id;
  else
    update public.rollouts set stage = v_to, stage_started_at = now(), stage_due_at = now() + internal.stage_length(v_to)
    where id = v_rollout.id;
  end if;
  return jsonb_build_object('rollout_id', v_rollout.id, 'from', v_rollout.stage, 'to', v_to, 'forced', cardinality(v_obstacles) > 0,
    'evaluation_id', v_evaluation.id, 'event_id', v_event_id);
end
$$;
comment on function public.promote_rollout(text, text, boolean, text) is
  'Takes the rollout to its next stage, or completes it: {rollout_id, from, to, forced, evaluation_id, event_id}. p_stage: what the caller '
  'takes the present stage for. p_force overrides what is missing and needs a reason; the event holds what was overridden. Raises no_actor, '
  'no_reason, no_rollout, rolled_back, stage_changed, not_ready.';
revoke execute on function public.promote_rollout(text, text, boolean, text) from public, anon, authenticated;
grant execute on function public.promote_rollout(text, text, boolean, text) to service_role;

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
  select string_agg(n.sentence, '; ' order by n.place, n.at, n.sentence) into v_noticed
  from (
    select 1, e.id::double precision, format('%s: %s', replace(e.kind, '_', ' '), e.reason)
    from public.rollout_events e
    where e.rollout_id = p_rollout.id and e.kind in ('trigger', 'job_dead', 'forecast_missing', 'error')
      and (e.happened_at > v_since or e.id > coalesce(v_evaluation.last_event_id, 0))
    union all
    -- And what the watch, which comes every five minutes, has not noticed yet.
    select 2, extract(epoch from e.occurred_at), format('error: error %s of %s: %s', e.id, e.source, e.code)
    from public.errors e
    where e.occurred_at > v_since and not exists (
      select from public.rollout_events x
      where x.rollout_id = p_rollout.id and x.kind = 'error' and x.subject = format('error %s', e.id))
    union all
    select 2, extract(epoch from j.finished_at), format('job dead: job %s, %s: %s', j.id, concat_ws(' ', j.kind, j.symbol, j.horizon), j.code)
    from internal.rollout_dead_jobs(p_rollout.id, v_since) j
    where not j.made_good and not exists (
      select from public.rollout_events x
      where x.rollout_id = p_rollout.id and x.kind = 'job_dead' and x.subject = format('job %s %s', j.id, internal.utc_text(j.finished_at)))
    union all
    select 2, extract(epoch from f.deadline), format('forecast missing: %s was not there by %s',
      concat_ws(' ', f.symbol, f.horizon, f.ensemble, f.session_date), internal.utc_text(f.deadline))
    from internal.expected_forecasts(p_rollout.id, greatest(v_since, p_rollout.stage_started_at), now()) f
    where f.ensemble = 'candidate' and f.state in ('late', 'forecast_missing') and not exists (
      select from public.rollout_events x
      where x.rollout_id = p_rollout.id and x.kind = 'forecast_missing' and x.figures ->> 'symbol' = f.symbol
        and x.figures ->> 'horizon' = f.horizon and x.figures ->> 'ensemble' = f.ensemble
        and (x.figures ->> 'data_cutoff')::timestamptz = f.data_cutoff)
  ) n(place, at, sentence);
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

-- rollout-decisions/functions/roll_back.sql
create or replace function internal.roll_back(p_rollout_id bigint, p_actor text, p_reason text, p_figures jsonb default '{}') returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_rollout public.rollouts := internal.lock_rollout();
  v_overtook jsonb;
  v_forecasts jsonb;
  v_symbols jsonb;
  v_without jsonb;
  v_event_id bigint;
begin
  if v_rollout.id is null or v_rollout.id is distinct from p_rollout_id then
    perform internal.refuse(409, 'no_rollout', case when v_rollout.id is null then 'No rollout was ever started: there is nothing to roll back'
      else format('Rollout %s is not the latest, which is %s', p_rollout_id, v_rollout.id) end);
  elsif v_rollout.status = 'rolled_back' then
    perform internal.refuse(409, 'already_rolled_back', format('Rollout %s: %s', v_rollout.id,
      internal.decision_text(v_rollout.id, '{rolled_back}')));
  end if;

  -- A promotion of the last minute is one that whoever rolls back may not have seen.
  select jsonb_build_object('kind', e.kind, 'from', e.figures -> 'from', 'to', e.figures -> 'to', 'actor', e.actor,
    'happened_at', e.happened_at)
  into v_overtook
  from public.rollout_events e
  where e.rollout_id = v_rollout.id and e.kind in ('promoted', 'completed') and e.happened_at > now() - interval '1 minute'
  order by e.id desc limit 1;

  update public.rollouts set status = 'rolled_back', ended_at = now(), ended_because = p_reason where id = v_rollout.id;
  update public.rollout_symbols set ensemble = 'baseline' where rollout_id = v_rollout.id and ensemble <> 'baseline';
  -- Whoever may have switched it off: from now on it serves.
  update public.ensembles set active = true where ensemble = 'baseline' and not active;

  -- What was served last and what is served from now on.
  with last as (
    select m.symbol, h.horizon, c.forecast as candidate, b.forecast as baseline
    from public.rollout_symbols m
    cross join unnest(m.horizons) h(horizon)
    left join lateral (
      select jsonb_build_object('id', f.id, 'data_cutoff', f.data_cutoff, 'issued_at', f.issued_at) as forecast
      from public.forecasts f
      where f.symbol_id = m.symbol_id and f.horizon = h.horizon and f.ensemble = 'candidate'
        and f.config_hash = v_rollout.candidate_hash
      order by f.data_cutoff desc limit 1
    ) c on true
    left join lateral (
      select jsonb_build_object('id', f.id, 'data_cutoff', f.data_cutoff, 'issued_at', f.issued_at) as forecast
      from public.forecasts f
      join public.ensembles e on e.ensemble = f.ensemble and e.config_hash = f.config_hash
      where f.symbol_id = m.symbol_id and f.horizon = h.horizon and f.ensemble = 'baseline'
      order by f.data_cutoff desc limit 1
    ) b on true
    where m.rollout_id = v_rollout.id
  )
  select
    coalesce(jsonb_agg(jsonb_build_object('symbol', l.symbol, 'horizon', l.horizon, 'candidate', l.candidate, 'baseline', l.baseline)
      order by l.symbol, l.horizon), '[]'),
    coalesce(jsonb_agg(distinct l.symbol), '[]'),
    coalesce(jsonb_agg(format('%s %s', l.symbol, l.horizon) order by l.symbol, l.horizon)
      filter (where l.candidate is not null and l.baseline is null), '[]')
  into v_forecasts, v_symbols, v_without
  from last l;

  v_event_id := internal.add_rollout_event(v_rollout.id, 'rolled_back', p_actor, p_reason, coalesce(p_figures, '{}')
    || jsonb_build_object('from', case v_rollout.status when 'completed' then 'completed' else v_rollout.stage end,
      'evaluation', internal.evaluation_figures(internal.latest_evaluation(v_rollout)), 'last_forecasts', v_forecasts,
      'without_forecast', v_without, 'overtook', v_overtook));
  return jsonb_build_object('rollout_id', v_rollout.id,
    'from', case v_rollout.status when 'completed' then 'completed' else v_rollout.stage end, 'event_id', v_event_id,
    'seconds', round(extract(epoch from clock_timestamp() - v_began)::numeric, 3), 'serving', 'baseline', 'symbols', v_symbols,
    'without_forecast', v_without, 'overtook', v_overtook);
end
$$;
comment on function internal.roll_back(bigint, text, text, jsonb) is
  'Rolls the latest rollout back, running or completed: the baseline serves from this transaction on. The event keeps p_figures, the latest '
  'evaluation, and the last forecasts of both by symbol and horizon. See rollback_rollout. Raises no_rollout, already_rolled_back.';
revoke execute on function internal.roll_back(bigint, text, text, jsonb) from public;

-- rollout-decisions/functions/rollback_rollout.sql
create or replace function public.rollback_rollout(p_actor text, p_reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_reason text := internal.require_reason(p_reason);
begin
  return internal.roll_back((internal.lock_rollout()).id, v_actor, v_reason);
end
$$;
comment on function public.rollback_rollout(text, text) is
  'Rolls the latest rollout back, running or completed: the baseline serves at once. {rollout_id, from, event_id, seconds, serving, symbols, '
  'without_forecast (what the candidate served and the baseline has no forecast for: AAPL 1D), overtook (a promotion of the last minute, or '
  'null)}. Raises no_actor, no_reason, no_rollout, already_rolled_back.';
revoke execute on function public.rollback_rollout(text, text) from public, anon, authenticated;
grant execute on function public.rollback_rollout(text, text) to service_role;

-- rollout-decisions/functions/rollout_decision.sql
create or replace function internal.rollout_decision(p_rollout public.rollouts, p_obstacles text[]) returns text
language sql stable set search_path = ''
as $$
  select case
    when internal.triggers_met(p_rollout) > 0 then 'roll back'
    when (internal.latest_evaluation(p_rollout)).verdict = 'fail' then 'do not promote'
    when cardinality(p_obstacles) = 0 then 'promote'
    else 'hold'
  end
$$;
comment on function internal.rollout_decision(public.rollouts, text[]) is
  'What the rows of a rollout''s present stage call for: roll back, do not promote, promote, hold. p_obstacles: what a promotion lacks, as '
  'promotion_obstacles says it. The one place of this rule: reports, status and evaluations show what it says.';
revoke execute on function internal.rollout_decision(public.rollouts, text[]) from public;

-- rollout-decisions/functions/set_publishing.sql
create or replace function public.set_publishing(p_actor text, p_publishing boolean, p_reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_reason text := internal.require_reason(p_reason);
  v_changed boolean;
  v_event_id bigint;
begin
  if p_publishing is null then
    perform internal.refuse(400, 'invalid_setting', 'Publishing is true or false, not null');
  end if;
  perform set_config('plumbline.actor', v_actor, true);
  perform set_config('plumbline.reason', v_reason, true);
  update public.settings set value = to_jsonb(p_publishing) where name = 'publishing_enabled' and value <> to_jsonb(p_publishing);
  v_changed := found;
  perform set_config('plumbline.actor', '', true);
  perform set_config('plumbline.reason', '', true);
  if v_changed then
    -- The setting's row is locked since: nobody has thrown the switch after us.
    select max(e.id) into v_event_id from public.rollout_events e where e.kind in ('kill_switch_on', 'kill_switch_off');
  end if;
  return jsonb_build_object('publishing', p_publishing, 'changed', v_changed, 'event_id', v_event_id);
end
$$;
comment on function public.set_publishing(text, boolean, text) is
  'The kill switch: false hides every forecast from current_forecasts and plans no new ones, true takes that back. {publishing, changed, '
  'event_id}; without a change no event. Raises no_actor, no_reason.';
revoke execute on function public.set_publishing(text, boolean, text) from public, anon, authenticated;
grant execute on function public.set_publishing(text, boolean, text) to service_role;

-- rollout-decisions/functions/start_rollout.sql
create or replace function public.start_rollout(
  p_actor text,
  p_candidate jsonb,
  p_candidate_hash text,
  p_baseline jsonb,
  p_baseline_hash text,
  p_symbols text[],
  p_code_version text,
  p_commit_hash text default null,
  p_tests jsonb default null,
  p_health jsonb default '{}'
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_rollout public.rollouts := internal.lock_rollout();
  v_symbols text[];
  v_refused text;
begin
  if v_rollout.status = 'running' then
    if (v_rollout.candidate_hash, v_rollout.baseline_hash) is distinct from (p_candidate_hash, p_baseline_hash) then
      perform internal.refuse(409, 'rollout_running', format(
        'Rollout %s of candidate %s against baseline %s runs in stage %s: complete it or roll it back first (%s)', v_rollout.id,
        v_rollout.candidate_hash, v_rollout.baseline_hash, v_rollout.stage,
        internal.decision_text(v_rollout.id, '{deployed, promoted}')));
    end if;
    return jsonb_build_object('rollout_id', v_rollout.id, 'repeated', true, 'stage', v_rollout.stage, 'symbols', (
      select coalesce(jsonb_agg(m.symbol order by m.symbol), '[]') from public.rollout_symbols m where m.rollout_id = v_rollout.id));
  end if;

  if p_candidate_hash = p_baseline_hash then
    perform internal.refuse(400, 'same_configuration', format(
      'Candidate and baseline have the same configuration, %s: there is nothing to compare', p_candidate_hash));
  end if;
  select coalesce(array_agg(distinct a.symbol order by a.symbol), '{}') into v_symbols from unnest(p_symbols) a(symbol);
  if cardinality(v_symbols) = 0 then
    perform internal.refuse(400, 'no_symbols', 'A rollout needs the symbols that it begins with');
  end if;
  select string_agg(a.symbol, ', ' order by a.symbol) into v_refused
  from unnest(v_symbols) a(symbol)
  where not exists (select from public.symbols s where s.symbol = a.symbol);
  if v_refused is not null then
    perform internal.refuse(404, 'unknown_symbol', format('Not in the registry of symbols: %s', v_refused));
  end if;
  select string_agg(s.symbol, ', ' order by s.symbol) into v_refused
  from public.symbols s where s.symbol = any (v_symbols) and not s.active;
  if v_refused is not null then
    perform internal.refuse(409, 'inactive_symbol', format('Not active, so that nothing is forecast for them: %s', v_refused));
  end if;

  insert into public.ensembles as e (ensemble, configuration, config_hash)
  values ('candidate', p_candidate, p_candidate_hash), ('baseline', p_baseline, p_baseline_hash)
  on conflict (ensemble) do update
    set configuration = excluded.configuration, config_hash = excluded.config_hash, active = true
    where (e.configuration, e.config_hash, e.active) is distinct from (excluded.configuration, excluded.config_hash, true);
  update public.symbols set stage = 'canary' where symbol = any (v_symbols) and stage <> 'canary';
  update public.symbols set stage = 'limited' where stage = 'canary' and symbol <> all (v_symbols);

  insert into public.rollouts (
    candidate_hash, baseline_hash, code_version, commit_hash, tests, stage_due_at, health_captured)
  values (p_candidate_hash, p_baseline_hash, p_code_version, p_commit_hash, p_tests, now() + internal.stage_length('canary'),
    coalesce(p_health, '{}'))
  returning * into v_rollout;
  perform internal.reach_stage(v_rollout.id, 'canary');
  select string_agg(a.symbol, ', ' order by a.symbol) into v_refused
  from unnest(v_symbols) a(symbol)
  where not exists (select from public.rollout_symbols m where m.rollout_id = v_rollout.id and m.symbol = a.symbol);
  if v_refused is not null then
    perform internal.refuse(409, 'no_horizons', format('Without any of the horizons of stage canary, %s: %s',
      (select string_agg(h.name, ', ') from jsonb_array_elements_text(internal.setting('rollout_stages') #> '{canary, horizons}') h(name)),
      v_refused));
  end if;

  perform internal.add_rollout_event(v_rollout.id, 'deployed', v_actor, format('candidate %s beside baseline %s, to %s',
      p_candidate_hash, p_baseline_hash, array_to_string(v_symbols, ', ')),
    jsonb_build_object('candidate_hash', p_candidate_hash, 'baseline_hash', p_baseline_hash, 'code_version', p_code_version,
      'commit_hash', p_commit_hash, 'tests', p_tests, 'stage_due_at', v_rollout.stage_due_at, 'symbols', (
        select jsonb_agg(jsonb_build_object('symbol', m.symbol, 'horizons', m.horizons) order by m.symbol)
        from public.rollout_symbols m where m.rollout_id = v_rollout.id)));
  if coalesce(p_health, '{}') <> '{}' then
    perform internal.add_rollout_event(v_rollout.id, 'health_captured', v_actor,
      'durations of the monitoring queries before anything was changed', p_health);
  end if;
  return jsonb_build_object('rollout_id', v_rollout.id, 'repeated', false, 'stage', v_rollout.stage, 'symbols', to_jsonb(v_symbols));
end
$$;
comment on function public.start_rollout(text, jsonb, text, jsonb, text, text[], text, text, jsonb, jsonb) is
  'Starts the rollout of a candidate beside a baseline with the given symbols, which become stage canary: {rollout_id, repeated, stage, '
  'symbols}. The same two configurations while it runs are the same rollout (repeated). Raises no_actor, rollout_running, '
  'same_configuration, no_symbols, unknown_symbol, inactive_symbol, no_horizons.';
revoke execute on function public.start_rollout(text, jsonb, text, jsonb, text, text[], text, text, jsonb, jsonb) from public, anon, authenticated;
grant execute on function public.start_rollout(text, jsonb, text, jsonb, text, text[], text, text, jsonb, jsonb) to service_role;

-- rollout-decisions/functions/triggers_met.sql
create or replace function internal.triggers_met(p_rollout public.rollouts) returns integer
language sql stable set search_path = ''
as $$
  select greatest(count(*), coalesce(jsonb_array_length((internal.latest_evaluation(p_rollout)).triggers), 0))::integer
  from public.rollout_events e
  where e.rollout_id = p_rollout.id and e.kind = 'trigger' and e.happened_at >= p_rollout.stage_started_at
$$;
comment on function internal.triggers_met(public.rollouts) is
  'How many triggers a rollout has met in its present stage: those in the canary log, or those of its latest evaluation if they are more.';
revoke execute on function internal.triggers_met(public.rollouts) from public;

-- rollout-decisions/triggers/note_publishing.sql
create or replace function internal.note_publishing() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.add_rollout_event((select max(r.id) from public.rollouts r),
    case when new.value = 'true' then 'kill_switch_off' else 'kill_switch_on' end,
    -- set_publishing says who and why; whoever changes the setting itself is known by the name of the session.
    coalesce(nullif(current_setting('plumbline.actor', true), ''), session_user::text),
    coalesce(nullif(current_setting('plumbline.reason', true), ''), 'the setting publishing_enabled was changed'),
    jsonb_build_object('publishing', new.value));
  return null;
end
$$;
comment on function internal.note_publishing() is 'Trigger: the kill switch leaves an event, however it is thrown.';
revoke execute on function internal.note_publishing() from public;

create trigger settings_note_publishing after update of value on public.settings
for each row when (new.name = 'publishing_enabled' and new.value is distinct from old.value)
execute function internal.note_publishing();
