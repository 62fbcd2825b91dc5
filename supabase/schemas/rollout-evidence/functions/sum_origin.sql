create or replace function internal.sum_origin(p_rollout_id bigint, p_stage text, p_horizon text, p_data_cutoff timestamptz) returns void
language plpgsql set search_path = '' set jit = off
as $$
begin
  insert into public.pair_sums_by_origin as t (
    rollout_id, stage, horizon, data_cutoff, outcome_date, pairs, unusable, candidate_crps, baseline_crps, bounded_candidate_crps,
    bounded_baseline_crps, crps_floors_below, crps_floors_above, candidate_squares, baseline_squares, bounded_candidate_squares,
    bounded_baseline_squares, difference_squares, squares_floors_below, squares_floors_above, covered)
  select p_rollout_id, p_stage, p_horizon, p_data_cutoff,
    -- A day's bar is stamped with its date at midnight UTC, half a session's with its start, of the same date there.
    (min(p.outcome_time) at time zone 'UTC')::date, count(p.scale), count(*) - count(p.scale),
    sum(p.candidate_crps / p.scale),
    sum(p.baseline_crps / p.scale),
    sum(p.bounded_candidate_crps),
    sum(p.bounded_baseline_crps),
    array[
      sum(p.crps_floors_below[1]), sum(p.crps_floors_below[2]), sum(p.crps_floors_below[3]), sum(p.crps_floors_below[4]), sum(p.crps_floors_below[5]),
      sum(p.crps_floors_below[6]), sum(p.crps_floors_below[7]), sum(p.crps_floors_below[8]), sum(p.crps_floors_below[9]),
      sum(p.crps_floors_below[10]), sum(p.crps_floors_below[11]), sum(p.crps_floors_below[12]), sum(p.crps_floors_below[13])
    ],
    array[
      sum(p.crps_floors_above[1]), sum(p.crps_floors_above[2]), sum(p.crps_floors_above[3]), sum(p.crps_floors_above[4]), sum(p.crps_floors_above[5]),
      sum(p.crps_floors_above[6]), sum(p.crps_floors_above[7]), sum(p.crps_floors_above[8]), sum(p.crps_floors_above[9]),
      sum(p.crps_floors_above[10]), sum(p.crps_floors_above[11]), sum(p.crps_floors_above[12]), sum(p.crps_floors_above[13])
    ],
    sum((p.candidate_error / p.scale) * (p.candidate_error / p.scale)),
    sum((p.baseline_error / p.scale) * (p.baseline_error / p.scale)),
    sum((p.bounded_error - p.mean_difference) * (p.bounded_error - p.mean_difference)),
    sum(p.bounded_error * p.bounded_error),
    sum(p.mean_difference * p.mean_difference),
    array[
      sum(p.squares_floors_below[1]), sum(p.squares_floors_below[2]), sum(p.squares_floors_below[3]), sum(p.squares_floors_below[4]),
      sum(p.squares_floors_below[5]), sum(p.squares_floors_below[6])
    ],
    array[
      sum(p.squares_floors_above[1]), sum(p.squares_floors_above[2]), sum(p.squares_floors_above[3]), sum(p.squares_floors_above[4]),
      sum(p.squares_floors_above[5]), sum(p.squares_floors_above[6]), sum(p.squares_floors_above[7]), sum(p.squares_floors_above[8])
    ],
    array[
      count(p.scale) filter (where p.candidate_covered[1]), count(p.scale) filter (where p.candidate_covered[2]),
      count(p.scale) filter (where p.candidate_covered[3]), count(p.scale) filter (where p.candidate_covered[4])
    ]
  from (
    -- In an order, which sums of doubles depend on. A symbol has one pair of an origin.
    select x.* from public.forecast_pairs x
    where x.rollout_id = p_rollout_id and x.stage = p_stage and x.horizon = p_horizon and x.data_cutoff = p_data_cutoff
      and x.compared_at is not null and x.baseline_id is not null
    order by x.symbol_id
  ) p
  having count(*) > 0
  on conflict (rollout_id, stage, horizon, data_cutoff) do update set
    outcome_date = excluded.outcome_date, pairs = excluded.pairs, unusable = excluded.unusable, candidate_crps = excluded.candidate_crps,
    baseline_crps = excluded.baseline_crps, bounded_candidate_crps = excluded.bounded_candidate_crps,
    bounded_baseline_crps = excluded.bounded_baseline_crps, crps_floors_below = excluded.crps_floors_below,
    crps_floors_above = excluded.crps_floors_above, candidate_squares = excluded.candidate_squares,
    baseline_squares = excluded.baseline_squares, bounded_candidate_squares = excluded.bounded_candidate_squares,
    bounded_baseline_squares = excluded.bounded_baseline_squares, difference_squares = excluded.difference_squares,
    squares_floors_below = excluded.squares_floors_below, squares_floors_above = excluded.squares_floors_above, covered = excluded.covered;
  if not found then
    delete from public.pair_sums_by_origin t
    where t.rollout_id = p_rollout_id and t.stage = p_stage and t.horizon = p_horizon and t.data_cutoff = p_data_cutoff;
  end if;
end
$$;
comment on function internal.sum_origin(bigint, text, text, timestamptz) is
  'Adds up the compared pairs of an origin in pair_sums_by_origin; an origin that has none left loses its row. Its caller holds the lock plumbline.pair_sums_by_origin.';
revoke execute on function internal.sum_origin(bigint, text, text, timestamptz) from public;
