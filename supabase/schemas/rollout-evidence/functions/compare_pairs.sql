create or replace function internal.compare_pairs(p_most integer) returns integer
language plpgsql set search_path = '' set jit = off
as $$
declare
  v_ratios constant double precision[] := internal.compared_ratios();
  v_compared integer;
begin
  -- Whoever compares at this moment leaves nothing to do, and sums by origin are one's at a time.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.pair_sums_by_origin')) then
    return 0;
  end if;
  -- Nobody asks for those of a rollout after which another one began.
  delete from public.forecast_pairs where candidate_id in (
    select p.candidate_id from public.forecast_pairs p
    where p.rollout_id < (select max(r.id) from public.rollouts r)
    limit 2000);

  with open as materialized (
    select p.candidate_id, p.baseline_id
    from public.forecast_pairs p
    where p.compared_at is null and p.baseline_id is not null
    order by p.candidate_id
    limit p_most
    for update skip locked
  ), pair as materialized (
    select o.candidate_id, c.return_quantiles as candidate, b.return_quantiles as baseline, u.scale, u.least, u.largest,
      (c.forecast_return - b.forecast_return) / u.scale as difference,
      (greatest(u.least, least(u.largest, x.realised_return)) - b.forecast_return) / u.scale as error,
      (u.least - b.forecast_return) / u.scale as least_error, (u.largest - b.forecast_return) / u.scale as largest_error,
      case when x.realised_return < u.least then -1 when x.realised_return > u.largest then 1 else 0 end as beyond,
      x.crps / u.scale as candidate_crps, y.crps / u.scale as baseline_crps
    from open o
    join public.forecasts c on c.id = o.candidate_id
    join public.forecasts b on b.id = o.baseline_id
    join public.forecast_outcomes x on x.forecast_id = c.id
    join public.forecast_outcomes y on y.forecast_id = b.id
    cross join lateral (
      select (b.return_quantiles[168] - b.return_quantiles[32]) / 2 as half
    ) h
    cross join lateral (
      select h.half as scale, b.return_quantiles[100] - 3 * h.half as least, b.return_quantiles[100] + 3 * h.half as largest
    ) u
    where cardinality(c.return_quantiles) = 199 and cardinality(b.return_quantiles) = 199 and h.half > 0
  ), known as materialized (
    -- With the sums over all quantiles, the two tails among them: of level x quantile, and of the quantile, by weight.
    select p.*, c.level_sum as candidate_levels, c.sum as candidate_total, b.level_sum as baseline_levels, b.sum as baseline_total
    from pair p
    cross join lateral (
      select sum(0.005::double precision * q.place / 200 * q.value) + 0.0025 * (0.00125 * p.candidate[1] + 0.99875 * p.candidate[199]),
        sum(0.005::double precision * q.value) + 0.0025 * (p.candidate[1] + p.candidate[199])
      from unnest(p.candidate) with ordinality q(value, place)
    ) c(level_sum, sum)
    cross join lateral (
      select sum(0.005::double precision * q.place / 200 * q.value) + 0.0025 * (0.00125 * p.baseline[1] + 0.99875 * p.baseline[199]),
        sum(0.005::double precision * q.value) + 0.0025 * (p.baseline[1] + p.baseline[199])
      from unnest(p.baseline) with ordinality q(value, place)
    ) b(level_sum, sum)
  ), below as (
    -- Every outcome at which one of the two bends, and the bounds; of the quantiles up to it, their weight and their weighted sum.
    select k.candidate_id, k.scale, k.beyond, k.candidate_levels, k.candidate_total, k.baseline_levels, k.baseline_total, q.kind, q.value,
      q.value >= k.least and q.value <= k.largest as is_within,
      sum(q.weight) filter (where q.kind = 'candidate') over up_to as candidate_weight,
      sum(q.weight * q.value) filter (where q.kind = 'candidate') over up_to as candidate_sum,
      sum(q.weight) filter (where q.kind = 'baseline') over up_to as baseline_weight,
      sum(q.weight * q.value) filter (where q.kind = 'baseline') over up_to as baseline_sum
    from known k
    cross join lateral (
      -- Each quantile stands for 1/200 of the levels, the outermost for half of that more, which is the tail beyond it.
      select 'candidate', u.value, case when u.place in (1, 199) then 0.0075 else 0.005 end::double precision
      from unnest(k.candidate) with ordinality u(value, place)
      union all
      select 'baseline', u.value, case when u.place in (1, 199) then 0.0075 else 0.005 end::double precision
      from unnest(k.baseline) with ordinality u(value, place)
      union all
      values ('least', k.least, 0), ('largest', k.largest, 0)
    ) q(kind, value, weight)
    window up_to as (partition by k.candidate_id order by q.value rows unbounded preceding)
  ), score as (
    -- Twice the mean pinball loss: half the outcome, less the levels' sum, less outcome - quantile summed over the quantiles above.
    select b.candidate_id, b.kind, b.beyond, b.is_within,
      2 * (b.value / 2 - b.candidate_levels - b.value * (1 - coalesce(b.candidate_weight, 0))
        + b.candidate_total - coalesce(b.candidate_sum, 0)) / b.scale as candidate,
      2 * (b.value / 2 - b.baseline_levels - b.value * (1 - coalesce(b.baseline_weight, 0))
        + b.baseline_total - coalesce(b.baseline_sum, 0)) / b.scale as baseline
    from below b
  ), floors as materialized (
    -- r times the baseline's less the candidate's is least where the baseline's bends, the other way round where the candidate's does, or at a bound.
    select s.candidate_id,
      array[
        min(v_ratios[1] * s.baseline - s.candidate) filter (where s.kind <> 'candidate' and s.is_within),
        min(v_ratios[2] * s.baseline - s.candidate) filter (where s.kind <> 'candidate' and s.is_within),
        min(v_ratios[3] * s.baseline - s.candidate) filter (where s.kind <> 'candidate' and s.is_within),
        min(v_ratios[4] * s.baseline - s.candidate) filter (where s.kind <> 'candidate' and s.is_within),
        min(v_ratios[5] * s.baseline - s.candidate) filter (where s.kind <> 'candidate' and s.is_within),
        min(v_ratios[6] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[7] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[8] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[9] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[10] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[11] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[12] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[13] * s.baseline - s.candidate) filter (where s.kind = 'baseline')
      ] as below,
      array[
        min(s.candidate - v_ratios[1] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[2] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[3] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[4] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[5] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[6] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[7] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[8] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[9] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[10] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[11] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[12] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[13] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within)
      ] as above,
      max(s.candidate) filter (where s.kind = case s.beyond when -1 then 'least' when 1 then 'largest' end) as candidate_at_bound,
      max(s.baseline) filter (where s.kind = case s.beyond when -1 then 'least' when 1 then 'largest' end) as baseline_at_bound
    from score s
    group by s.candidate_id
  ), compared as materialized (
    select p.candidate_id, p.scale, p.difference, p.error, coalesce(f.candidate_at_bound, p.candidate_crps) as candidate_crps,
      coalesce(f.baseline_at_bound, p.baseline_crps) as baseline_crps, f.below, f.above, q.below as squares_below, q.above as squares_above
    from pair p
    join floors f on f.candidate_id = p.candidate_id
    cross join lateral (
      -- A parabola in the error: least at an end, or at its vertex.
      select array_agg(least(e.at_least, e.at_largest, e.at_vertex) order by r.place) filter (where r.ratio <= 1) as below,
        array_agg(-greatest(e.at_least, e.at_largest, e.at_vertex) order by r.place) filter (where r.ratio >= 1) as above
      from unnest(v_ratios) with ordinality r(ratio, place)
      cross join lateral (
        select case when r.ratio <> 1 then p.difference / (1 - r.ratio * r.ratio) end as vertex
      ) v
      cross join lateral (
        select
          (r.ratio * p.least_error) ^ 2 - (p.least_error - p.difference) ^ 2 as at_least,
          (r.ratio * p.largest_error) ^ 2 - (p.largest_error - p.difference) ^ 2 as at_largest,
          case when v.vertex > p.least_error and v.vertex < p.largest_error
            then (r.ratio * v.vertex) ^ 2 - (v.vertex - p.difference) ^ 2 end as at_vertex
      ) e
    ) q
  )
  update public.forecast_pairs t
  set compared_at = now(), scale = c.scale, mean_difference = c.difference, bounded_error = c.error, bounded_candidate_crps = c.candidate_crps,
    bounded_baseline_crps = c.baseline_crps, crps_floors_below = c.below, crps_floors_above = c.above, squares_floors_below = c.squares_below,
    squares_floors_above = c.squares_above
  from open o
  left join compared c on c.candidate_id = o.candidate_id
  where t.candidate_id = o.candidate_id;
  get diagnostics v_compared = row_count;
  return v_compared;
end
$$;
comment on function internal.compare_pairs(integer) is
  'Computes what the judge needs of so many pairs of forecast_pairs that wait for it; returns how many it looked at. About a millisecond each. Pairs that somebody '
  'else is at are left to them, and pairs of earlier rollouts deleted. Twin: sumPairs (src/shared/rollout/comparison/sum-pairs.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.compare_pairs(integer) from public;
