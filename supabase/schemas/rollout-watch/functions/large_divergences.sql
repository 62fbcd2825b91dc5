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
  join public.vw_valid_windows v on v.config_hash = p_rollout.candidate_hash and v.divergence > l.allowed
  join public.rollout_symbols m on m.rollout_id = p_rollout.id and m.symbol_id = v.symbol_id and v.horizon = any (m.horizons)
  join public.ensemble_validation_metrics e on e.id = v.metrics_id
  where not exists (
    select from public.vw_valid_windows w
    where w.symbol_id = v.symbol_id and w.horizon = v.horizon and w.config_hash = v.config_hash and w.window_id > v.window_id)
$$;
comment on function internal.large_divergences(public.rollouts) is
  'The trigger divergence for each symbol and horizon of a rollout whose candidate''s latest valid window is above largest_divergence; else []. '
  'The one place of this rule: the judge is given what it finds.';
revoke execute on function internal.large_divergences(public.rollouts) from public;
