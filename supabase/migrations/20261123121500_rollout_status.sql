-- How the rollout stands: the board, by symbol and horizon, and all of it as one document. And how long errors are kept.

-- The constraints of the migration before this one, in a transaction of their own: reading goes on meanwhile.
alter table public.runs validate constraint runs_of_an_ensemble_name_it;
alter table public.jobs validate constraint jobs_configuration_has_its_hash;

create view public.vw_canary_board with (security_invoker = true) as
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
  -- Of windows whose bars are still the ones that are stored, as internal.valid_windows has it.
  select e.window_id, e.divergence, t.verdict, e.updated_at as validated_at
  from public.ensemble_validation_metrics e
  join public.overfitting_tests t on t.metrics_id = e.id
  where e.symbol_id = m.symbol_id and e.horizon = h.horizon and e.hyperparameters ->> 'config_hash' = r.candidate_hash
    and e.updated_at >= (
      select max(b.ingested_at) from public.bars b
      where b.symbol_id = m.symbol_id and b.timeframe = h.horizon and b.bar_time between t.first_bar_time and t.last_bar_time)
    and e.window_id = (
      select count(*) - 1 from public.bars b
      where b.symbol_id = m.symbol_id and b.timeframe = h.horizon and b.bar_time <= t.last_bar_time)
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

create function public.rollout_status() returns jsonb
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_rollout public.rollouts;
begin
  select r.* into v_rollout from public.rollouts r order by r.id desc limit 1;
  return jsonb_build_object(
    'rollout', case when v_rollout.id is not null then to_jsonb(v_rollout) end,
    'publishing', internal.setting('publishing_enabled'),
    'automatic_rollback', internal.setting('automatic_rollback'),
    'not_ready', case when v_rollout.status = 'running' then to_jsonb(internal.promotion_obstacles(v_rollout)) end,
    'symbols', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', m.symbol, 'stage', m.stage, 'horizons', m.horizons, 'ensemble', m.ensemble)
        order by m.symbol), '[]')
      from public.rollout_symbols m where m.rollout_id = v_rollout.id),
    'latest_evaluation', (
      select to_jsonb(e) from public.rollout_evaluations e where e.rollout_id = v_rollout.id
      -- The one that a promotion goes by, as internal.latest_evaluation has it; else one of the stage before.
      order by e.stage = v_rollout.stage desc, e.evidence_at <= now() + interval '10 minutes' desc, e.evidence_at desc, e.id desc limit 1),
    'events', (
      select coalesce(jsonb_agg(to_jsonb(e) || jsonb_build_object('figures', e.figures - 'last_forecasts' - 'evaluation')
        order by e.id desc), '[]')
      from (
        select x.* from public.rollout_events x
        where x.rollout_id = v_rollout.id or x.rollout_id is null
        order by x.id desc limit 20
      ) e),
    'board', (select coalesce(jsonb_agg(to_jsonb(b) order by b.symbol, b.horizon), '[]') from public.vw_canary_board b));
end
$$;
comment on function public.rollout_status() is
  'How the latest rollout stands: {rollout (its row, or null), publishing, automatic_rollback, not_ready (what a promotion lacks, null unless '
  'it runs), symbols, latest_evaluation (its row, or null), events (the last 20, newest first, without their longest figures), board (rows of '
  'vw_canary_board)}.';
revoke execute on function public.rollout_status() from public, anon, authenticated;
grant execute on function public.rollout_status() to service_role;

create or replace function internal.purge(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_days jsonb := internal.setting('retention_days');
  v_what record;
  v_deleted integer;
  v_result jsonb := '{}';
begin
  for v_what in
    select w.name, w.relation::regclass as relation, w.rows, w.batches,
      format(w.condition, p_now - make_interval(days => (v_days ->> w.kept_as)::integer)) as condition
    from (values
      ('cron_history', 'cron_history', 'cron.job_run_details', 'coalesce(end_time, start_time) < %L', 5000, 20),
      ('cron_ticks', 'cron_ticks', 'public.cron_ticks', 'ticked_at < %L', 5000, 20),
      ('worker_requests', 'worker_requests', 'public.worker_requests', 'requested_at < %L', 5000, 20),
      ('slot_runs', 'slot_runs', 'public.slot_runs', 'due_at < %L', 5000, 20),
      ('canary_reports', 'canary_reports', 'public.canary_reports', 'issued_at < %L', 5000, 20),
      -- As long as the runs that they may have happened in.
      ('errors', 'runs', 'public.errors', 'occurred_at < %L', 5000, 20),
      -- The job then begins anew, should it ever be worked on.
      ('checkpoints', 'checkpoints', 'public.job_checkpoints',
        'saved_at < %L and job_id not in (select id from public.jobs where status = ''running'')', 500, 20),
      -- Each takes its jobs along.
      ('runs', 'runs', 'public.runs', 'finished_at < %L', 200, 25)
    ) w(name, kept_as, relation, condition, rows, batches)
  loop
    v_deleted := internal.delete_batches(v_what.relation, v_what.condition, v_what.rows, v_what.batches);
    v_result := v_result || jsonb_build_object(v_what.name, v_deleted);
    if v_deleted = v_what.rows * v_what.batches then
      v_result := jsonb_set(v_result, '{more}', coalesce(v_result -> 'more', '[]') || to_jsonb(v_what.name));
    end if;
  end loop;
  return v_result;
end
$$;
comment on function internal.purge(timestamptz) is
  'Deletes what is older than retention_days, at most 100,000 rows of a kind (10,000 checkpoints, 5,000 runs) a call; returns how many of '
  'each, and under more the kinds of which something is left for the next call. Errors are kept as long as runs; rollouts, their log and their '
  'evaluations for ever. pg_net purges its own responses.';
