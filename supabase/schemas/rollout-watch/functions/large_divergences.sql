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
  cross join public.rollout_symbols m
  cross join unnest(m.horizons) h(horizon)
  cross join lateral (
    select v.metrics_id from public.vw_valid_windows v
    where v.symbol_id = m.symbol_id and v.horizon = h.horizon and v.config_hash = p_rollout.candidate_hash
    order by v.window_id desc limit 1
  ) w
  join public.ensemble_validation_metrics e on e.id = w.metrics_id
  where m.rollout_id = p_rollout.id and e.divergence > l.allowed
$$;
comment on function internal.large_divergences(public.rollouts) is
  'The trigger divergence for each symbol and horizon of a rollout whose candidate''s latest valid window is above largest_divergence; else []. '
  'The one place of this rule: the judge is given what it finds.';
revoke execute on function internal.large_divergences(public.rollouts) from public;
