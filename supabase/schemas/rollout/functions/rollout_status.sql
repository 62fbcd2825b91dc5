create or replace function public.rollout_status() returns jsonb
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_rollout public.rollouts;
  v_obstacles text[];
  v_evaluation public.rollout_evaluations;
begin
  select r.* into v_rollout from public.rollouts r order by r.id desc limit 1;
  if v_rollout.status = 'running' then
    v_obstacles := internal.promotion_obstacles(v_rollout);
  end if;
  -- The one that a promotion goes by; else one of the stage before.
  v_evaluation := internal.latest_evaluation(v_rollout);
  if v_evaluation.id is null then
    select e.* into v_evaluation from public.rollout_evaluations e where e.rollout_id = v_rollout.id
    order by e.evidence_at <= now() + interval '10 minutes' desc, e.evidence_at desc, e.id desc limit 1;
  end if;
  return jsonb_build_object(
    'rollout', case when v_rollout.id is not null then to_jsonb(v_rollout) end,
    'publishing', internal.setting('publishing_enabled'),
    'automatic_rollback', internal.setting('automatic_rollback'),
    'decision', case when v_rollout.status = 'running' then internal.rollout_decision(v_rollout, v_obstacles) end,
    'not_ready', to_jsonb(v_obstacles),
    'symbols', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', m.symbol, 'stage', m.stage, 'horizons', m.horizons, 'ensemble', m.ensemble)
        order by m.symbol), '[]')
      from public.rollout_symbols m where m.rollout_id = v_rollout.id),
    'latest_evaluation', case when v_evaluation.id is not null then to_jsonb(v_evaluation) end,
    'events', (
      select coalesce(jsonb_agg(to_jsonb(e) || jsonb_build_object('figures', e.figures - 'last_forecasts' - 'evaluation')
        order by e.id desc), '[]')
      from (
        select x.* from public.rollout_events x
        where x.rollout_id = v_rollout.id or x.rollout_id is null
        order by x.id desc limit 20
      ) e),
    'board', (
      select coalesce(jsonb_agg(to_jsonb(b) order by b.needs_attention desc, b.symbol, b.horizon), '[]')
      from (select x.* from public.vw_canary_board x order by x.needs_attention desc, x.symbol, x.horizon limit 60) b),
    'board_rows', (select coalesce(sum(cardinality(m.horizons)), 0) from public.rollout_symbols m where m.rollout_id = v_rollout.id));
end
$$;
comment on function public.rollout_status() is
  'How the latest rollout stands: {rollout (its row, or null), publishing, automatic_rollback, decision (roll back, do not promote, '
  'promote or hold), not_ready (what a promotion lacks; both null unless it runs), symbols, latest_evaluation (its row, or null), events (the last 20, newest first, without their longest figures), board (the first 60 rows '
  'of vw_canary_board), board_rows (how many it has)}.';
revoke execute on function public.rollout_status() from public, anon, authenticated;
grant execute on function public.rollout_status() to service_role;
