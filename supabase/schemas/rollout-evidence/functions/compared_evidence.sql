create or replace function internal.compared_evidence(p_rollout public.rollouts, p_until timestamptz) returns jsonb
language sql stable set search_path = '' set timezone = 'UTC' set jit = off
as $$
  with first as materialized (
    -- Of the latest 60 sessions. A day's bar is stamped with its date at midnight UTC, half a session's with its start, of the same date there.
    select min(d.day) as day
    from (
      select distinct (p.outcome_time at time zone 'UTC')::date as day
      from public.forecast_pairs p
      where p.rollout_id = p_rollout.id and p.stage = p_rollout.stage and p.baseline_id is not null and p.issued_at <= p_until
      order by day desc
      limit 60
    ) d
  ), pair as (
    select p.*
    from first f
    join public.forecast_pairs p
      on p.rollout_id = p_rollout.id and p.stage = p_rollout.stage and p.outcome_time >= f.day::timestamp at time zone 'UTC'
    where p.baseline_id is not null and p.issued_at <= p_until
  ), origin as (
    select p.horizon, p.data_cutoff, count(*) as pairs,
      jsonb_build_object(
        'candidate', sum(p.candidate_crps / p.scale), 'baseline', sum(p.baseline_crps / p.scale),
        'bounded_candidate', sum(p.bounded_candidate_crps), 'bounded_baseline', sum(p.bounded_baseline_crps),
        'floors_below', array[
          sum(p.crps_floors_below[1]), sum(p.crps_floors_below[2]), sum(p.crps_floors_below[3]),
          sum(p.crps_floors_below[4]), sum(p.crps_floors_below[5]), sum(p.crps_floors_below[6]),
          sum(p.crps_floors_below[7]), sum(p.crps_floors_below[8]), sum(p.crps_floors_below[9]),
          sum(p.crps_floors_below[10]), sum(p.crps_floors_below[11]), sum(p.crps_floors_below[12]), sum(p.crps_floors_below[13])
        ],
        'floors_above', array[
          sum(p.crps_floors_above[1]), sum(p.crps_floors_above[2]), sum(p.crps_floors_above[3]),
          sum(p.crps_floors_above[4]), sum(p.crps_floors_above[5]), sum(p.crps_floors_above[6]),
          sum(p.crps_floors_above[7]), sum(p.crps_floors_above[8]), sum(p.crps_floors_above[9]),
          sum(p.crps_floors_above[10]), sum(p.crps_floors_above[11]), sum(p.crps_floors_above[12]), sum(p.crps_floors_above[13])
        ]) as crps,
      jsonb_build_object(
        'candidate', sum((p.candidate_error / p.scale) * (p.candidate_error / p.scale)),
        'baseline', sum((p.baseline_error / p.scale) * (p.baseline_error / p.scale)),
        'bounded_candidate', sum((p.bounded_error - p.mean_difference) * (p.bounded_error - p.mean_difference)),
        'bounded_baseline', sum(p.bounded_error * p.bounded_error), 'difference', sum(p.mean_difference * p.mean_difference),
        'floors_below', array[
          sum(p.squares_floors_below[1]), sum(p.squares_floors_below[2]), sum(p.squares_floors_below[3]),
          sum(p.squares_floors_below[4]), sum(p.squares_floors_below[5]), sum(p.squares_floors_below[6])
        ],
        'floors_above', array[
          sum(p.squares_floors_above[1]), sum(p.squares_floors_above[2]), sum(p.squares_floors_above[3]),
          sum(p.squares_floors_above[4]), sum(p.squares_floors_above[5]), sum(p.squares_floors_above[6]),
          sum(p.squares_floors_above[7]), sum(p.squares_floors_above[8])
        ]) as squares,
      array[
        count(*) filter (where p.candidate_covered[1]), count(*) filter (where p.candidate_covered[2]),
        count(*) filter (where p.candidate_covered[3]), count(*) filter (where p.candidate_covered[4])
      ] as covered
    from pair p
    where p.scale is not null and p.compared_at is not null
    group by p.horizon, p.data_cutoff
  )
  select jsonb_build_object(
    'ratios', internal.compared_ratios(),
    'origins', (select coalesce(jsonb_agg(to_jsonb(o) order by o.data_cutoff, o.horizon), '[]') from origin o),
    'waiting', (
      select count(*) from public.forecast_pairs p
      where p.compared_at is null and p.baseline_id is not null and p.rollout_id = p_rollout.id and p.stage = p_rollout.stage),
    'unusable', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('symbol', u.symbol, 'horizon', u.horizon,
        'data_cutoff', u.data_cutoff) order by u.data_cutoff, u.symbol, u.horizon) filter (where u.rank <= 50), '[]'))
      from (
        select s.symbol, p.horizon, p.data_cutoff, row_number() over (order by p.data_cutoff desc, s.symbol, p.horizon) as rank
        from pair p
        join public.symbols s on s.id = p.symbol_id
        where p.scale is null and p.compared_at is not null
      ) u))
$$;
comment on function internal.compared_evidence(public.rollouts, timestamptz) is
  'What both ensembles'' forecasts of the latest 60 sessions of a rollout''s stage are compared on: sums over the pairs of each forecast origin, how many pairs wait '
  'to be compared, and those that cannot be.';
revoke execute on function internal.compared_evidence(public.rollouts, timestamptz) from public;
