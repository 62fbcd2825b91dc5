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
