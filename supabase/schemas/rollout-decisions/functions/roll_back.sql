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
      -- As current_forecasts shows it.
      join public.bar_series b on b.symbol_id = f.symbol_id and b.timeframe = f.horizon
      where f.symbol_id = m.symbol_id and f.horizon = h.horizon and f.ensemble = 'baseline'
        and f.issued_at >= b.restated_at and f.data_cutoff >= coalesce(b.restated_to, '-infinity')
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
