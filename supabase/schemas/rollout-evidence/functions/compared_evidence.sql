create or replace function internal.compared_evidence(p_rollout public.rollouts) returns jsonb
language sql stable set search_path = '' set timezone = 'UTC' set jit = off
as $$
  with waiting as materialized (
    select (p.outcome_time at time zone 'UTC')::date as outcome_date
    from public.forecast_pairs p
    where p.compared_at is null and p.baseline_id is not null and p.rollout_id = p_rollout.id and p.stage = p_rollout.stage
  ), first as materialized (
    -- Of the latest 60 sessions.
    select min(d.outcome_date) as day
    from (
      select l.outcome_date
      from (
        select distinct o.outcome_date
        from public.pair_sums_by_origin o
        where o.rollout_id = p_rollout.id and o.stage = p_rollout.stage
        order by o.outcome_date desc
        limit 60
      ) l
      union
      select w.outcome_date from waiting w
      order by outcome_date desc
      limit 60
    ) d
  ), origin as materialized (
    select o.*, sum(o.unusable) over (order by o.data_cutoff desc range unbounded preceding exclude group) as unusable_later
    from first f
    join public.pair_sums_by_origin o on o.rollout_id = p_rollout.id and o.stage = p_rollout.stage and o.outcome_date >= f.day
  )
  select jsonb_build_object(
    'ratios', internal.compared_ratios(),
    'origins', (
      select coalesce(jsonb_agg(jsonb_build_object('horizon', o.horizon, 'data_cutoff', o.data_cutoff, 'pairs', o.pairs,
        'crps', jsonb_build_object(
          'candidate', o.candidate_crps, 'baseline', o.baseline_crps, 'bounded_candidate', o.bounded_candidate_crps,
          'bounded_baseline', o.bounded_baseline_crps, 'floors_below', o.crps_floors_below, 'floors_above', o.crps_floors_above),
        'squares', jsonb_build_object(
          'candidate', o.candidate_squares, 'baseline', o.baseline_squares, 'bounded_candidate', o.bounded_candidate_squares,
          'bounded_baseline', o.bounded_baseline_squares, 'difference', o.difference_squares, 'floors_below', o.squares_floors_below,
          'floors_above', o.squares_floors_above),
        'covered', o.covered) order by o.data_cutoff, o.horizon), '[]')
      from origin o where o.pairs > 0),
    'waiting', (select count(*) from waiting),
    'unusable', jsonb_build_object(
      'count', (select coalesce(sum(o.unusable), 0) from origin o),
      'latest', (
        select coalesce(jsonb_agg(jsonb_build_object('symbol', u.symbol, 'horizon', u.horizon, 'data_cutoff', u.data_cutoff)
          order by u.data_cutoff, u.symbol, u.horizon), '[]')
        from (
          select s.symbol, p.horizon, p.data_cutoff
          from origin o
          join public.forecast_pairs p
            on p.rollout_id = o.rollout_id and p.stage = o.stage and p.horizon = o.horizon and p.data_cutoff = o.data_cutoff
          join public.symbols s on s.id = p.symbol_id
          -- No more origins than may be in the list.
          where o.unusable > 0 and coalesce(o.unusable_later, 0) < 50 and p.scale is null and p.compared_at is not null
            and p.baseline_id is not null
          order by p.data_cutoff desc, s.symbol, p.horizon
          limit 50
        ) u)))
$$;
comment on function internal.compared_evidence(public.rollouts) is
  'What both ensembles'' forecasts of the latest 60 sessions of a rollout''s stage are compared on: sums over the pairs of each forecast origin, how many pairs wait '
  'to be compared, and those that cannot be. Nothing that was issued after the rollout ended: such forecasts do not enter forecast_pairs.';
revoke execute on function internal.compared_evidence(public.rollouts) from public;
