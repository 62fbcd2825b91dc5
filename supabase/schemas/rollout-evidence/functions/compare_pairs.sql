create or replace function internal.compare_pairs(p_most integer) returns integer
language plpgsql set search_path = '' set jit = off
as $$
declare
  v_ratios constant double precision[] := internal.compared_ratios();
  -- Each quantile stands for 1/200 of the levels, the outermost for half of that more, which is the tail beyond it; and how much those up to it stand for.
  v_weights constant double precision[] := 0.0075::double precision || array_fill(0.005::double precision, '{197}') || 0.0075::double precision;
  v_up_to constant double precision[] := array(
    select sum(w.weight) over (order by w.place rows unbounded preceding) from unnest(v_weights) with ordinality w(weight, place));
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
    -- Without a scale where the two cannot be compared.
    select o.candidate_id, f.*
    from open o
    left join lateral (
      select c.return_quantiles as candidate, b.return_quantiles as baseline, u.scale, u.least, u.largest,
        (c.forecast_return - b.forecast_return) / u.scale as difference,
        (greatest(u.least, least(u.largest, x.realised_return)) - b.forecast_return) / u.scale as error,
        (u.least - b.forecast_return) / u.scale as least_error, (u.largest - b.forecast_return) / u.scale as largest_error,
        case when x.realised_return < u.least then u.least when x.realised_return > u.largest then u.largest end as bounded_outcome,
        x.crps / u.scale as candidate_crps, y.crps / u.scale as baseline_crps
      from public.forecasts c
      join public.forecast_outcomes x on x.forecast_id = c.id
      join public.forecasts b on b.id = o.baseline_id
      join public.forecast_outcomes y on y.forecast_id = b.id
      cross join lateral (
        select (b.return_quantiles[168] - b.return_quantiles[32]) / 2 as half
      ) h
      cross join lateral (
        select h.half as scale, b.return_quantiles[100] - 3 * h.half as least, b.return_quantiles[100] + 3 * h.half as largest
      ) u
      where c.id = o.candidate_id and cardinality(c.return_quantiles) = 199 and cardinality(b.return_quantiles) = 199 and h.half > 0
      -- Looked up for each: of what comes after the ids the planner expects next to nothing, and would join all candidates to all baselines.
      limit 1
    ) f on true
  ), known as materialized (
    select p.candidate_id, p.scale, p.least, p.largest, p.bounded_outcome, c.quantiles as candidate, c.sums as candidate_sums,
      c.level_sum as candidate_levels, c.sum as candidate_total, b.quantiles as baseline, b.sums as baseline_sums, b.level_sum as baseline_levels,
      b.sum as baseline_total, p.difference, p.error, p.least_error, p.largest_error, p.candidate_crps, p.baseline_crps
    from pair p
    cross join lateral (
      -- The sums over all quantiles, the two tails among them: of level x quantile, and of the quantile, by weight; and of the latter up to each quantile.
      select array_agg(q.value order by q.place) as quantiles, array_agg(q.up_to order by q.place) as sums,
        sum(0.005::double precision * q.place / 200 * q.value) + 0.0025 * (0.00125 * p.candidate[1] + 0.99875 * p.candidate[199]) as level_sum,
        sum(0.005::double precision * q.value) + 0.0025 * (p.candidate[1] + p.candidate[199]) as sum
      from (
        select u.value, u.place, sum(v_weights[u.place] * u.value) over (order by u.place rows unbounded preceding) as up_to
        from unnest(p.candidate) with ordinality u(value, place)
      ) q
    ) c
    cross join lateral (
      -- The sums over all quantiles, the two tails among them: of level x quantile, and of the quantile, by weight; and of the latter up to each quantile.
      select array_agg(q.value order by q.place) as quantiles, array_agg(q.up_to order by q.place) as sums,
        sum(0.005::double precision * q.place / 200 * q.value) + 0.0025 * (0.00125 * p.baseline[1] + 0.99875 * p.baseline[199]) as level_sum,
        sum(0.005::double precision * q.value) + 0.0025 * (p.baseline[1] + p.baseline[199]) as sum
      from (
        select u.value, u.place, sum(v_weights[u.place] * u.value) over (order by u.place rows unbounded preceding) as up_to
        from unnest(p.baseline) with ordinality u(value, place)
      ) q
    ) b
  ), compared as materialized (
    select k.candidate_id, k.scale, k.difference, k.error, coalesce(f.candidate_at_bound, k.candidate_crps) as candidate_crps,
      coalesce(f.baseline_at_bound, k.baseline_crps) as baseline_crps, f.below, f.above, q.below as squares_below, q.above as squares_above
    from known k
    left join lateral (
      select max(g.floors) filter (where g.sign = 1) as below, max(g.floors) filter (where g.sign = -1) as above,
        max(g.candidate_at_bound) as candidate_at_bound, max(g.baseline_at_bound) as baseline_at_bound
      from (
        select s.sign,
          array[
            min(s.sign * (v_ratios[1] * s.baseline - s.candidate)) filter (where s.counts_below_1),
            min(s.sign * (v_ratios[2] * s.baseline - s.candidate)) filter (where s.counts_below_1),
            min(s.sign * (v_ratios[3] * s.baseline - s.candidate)) filter (where s.counts_below_1),
            min(s.sign * (v_ratios[4] * s.baseline - s.candidate)) filter (where s.counts_below_1),
            min(s.sign * (v_ratios[5] * s.baseline - s.candidate)) filter (where s.counts_below_1),
            min(s.sign * (v_ratios[6] * s.baseline - s.candidate)) filter (where not s.is_bound),
            min(s.sign * (v_ratios[7] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[8] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[9] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[10] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[11] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[12] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[13] * s.baseline - s.candidate)) filter (where s.counts_above_1)
          ] as floors,
          max(s.candidate) filter (where s.is_outcome) as candidate_at_bound, max(s.baseline) filter (where s.is_outcome) as baseline_at_bound
        from (
          -- Twice the mean pinball loss: half the outcome, less the levels' sum, less outcome - quantile summed over the quantiles above.
          select o.sign, o.is_bound, o.is_bound and o.value = k.bounded_outcome as is_outcome,
            -- Outcomes are bounded for a ratio below 1 by sign 1, for one above it by sign -1.
            case o.sign when 1 then o.value between k.least and k.largest else not o.is_bound end as counts_below_1,
            case o.sign when 1 then not o.is_bound else o.value between k.least and k.largest end as counts_above_1,
            2 * (o.value / 2 - k.candidate_levels - o.value * (1 - coalesce(v_up_to[o.candidate_place], 0))
              + k.candidate_total - coalesce(k.candidate_sums[o.candidate_place], 0)) / k.scale as candidate,
            2 * (o.value / 2 - k.baseline_levels - o.value * (1 - coalesce(v_up_to[o.baseline_place], 0))
              + k.baseline_total - coalesce(k.baseline_sums[o.baseline_place], 0)) / k.scale as baseline
          from (
            -- r times the baseline's less the candidate's (sign 1) is least at an outcome where the baseline's bends, the other way round (-1) where the candidate's
            -- does; or at a bound. Quantiles ascend: how many are up to an outcome is found without looking at each.
            select 1, u.value, false, width_bucket(u.value, k.candidate), u.place from unnest(k.baseline) with ordinality u(value, place)
            union all
            select -1, u.value, false, u.place, width_bucket(u.value, k.baseline) from unnest(k.candidate) with ordinality u(value, place)
            union all
            select s.sign, u.value, true, width_bucket(u.value, k.candidate), width_bucket(u.value, k.baseline)
            from unnest(array[1, -1]) s(sign)
            cross join unnest(array[k.least, k.largest]) u(value)
          ) o(sign, value, is_bound, candidate_place, baseline_place)
          -- Once, and not for each floor.
          offset 0
        ) s
        group by s.sign
      ) g
    ) f on k.scale is not null
    left join lateral (
      -- A parabola in the error: least at an end, or at its vertex.
      select array_agg(least(e.at_least, e.at_largest, e.at_vertex) order by r.place) filter (where r.ratio <= 1) as below,
        array_agg(-greatest(e.at_least, e.at_largest, e.at_vertex) order by r.place) filter (where r.ratio >= 1) as above
      from unnest(v_ratios) with ordinality r(ratio, place)
      cross join lateral (
        select case when r.ratio <> 1 then k.difference / (1 - r.ratio * r.ratio) end as vertex
      ) v
      cross join lateral (
        select
          (r.ratio * k.least_error) ^ 2 - (k.least_error - k.difference) ^ 2 as at_least,
          (r.ratio * k.largest_error) ^ 2 - (k.largest_error - k.difference) ^ 2 as at_largest,
          case when v.vertex > k.least_error and v.vertex < k.largest_error
            then (r.ratio * v.vertex) ^ 2 - (v.vertex - k.difference) ^ 2 end as at_vertex
      ) e
    ) q on k.scale is not null
  )
  update public.forecast_pairs t
  set compared_at = now(), scale = c.scale, mean_difference = c.difference, bounded_error = c.error, bounded_candidate_crps = c.candidate_crps,
    bounded_baseline_crps = c.baseline_crps, crps_floors_below = c.below, crps_floors_above = c.above, squares_floors_below = c.squares_below,
    squares_floors_above = c.squares_above
  from compared c
  where t.candidate_id = c.candidate_id;
  get diagnostics v_compared = row_count;
  return v_compared;
end
$$;
comment on function internal.compare_pairs(integer) is
  'Computes what the judge needs of so many pairs of forecast_pairs that wait for it; returns how many it looked at. About 0.6 ms each. Pairs that somebody '
  'else is at are left to them, and pairs of earlier rollouts deleted. Twin: sumPairs (src/shared/rollout/comparison/sum-pairs.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.compare_pairs(integer) from public;
