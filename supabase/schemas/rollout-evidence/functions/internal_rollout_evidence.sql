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
    -- Rows as they are: to build an object of each, and then the list of them, takes twice as long.
    'symbols', array(
      select s from (select m.symbol, m.horizons from public.rollout_symbols m where m.rollout_id = v.id) s order by s.symbol),
    'expected', internal.expected_evidence(v, v_until),
    'compared', internal.compared_evidence(v),
    'windows', array(
      select w
      from (
        select m.symbol, h.horizon, k.window_id, t.last_bar_time, e.divergence, t.verdict, t.implausible_skill as implausible, t.reasons,
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
      ) w
      order by w.symbol, w.horizon),
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
