-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- rollout/functions/rollout_status.sql
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

-- rollout-evidence/tables/pair_sums_by_origin.sql
-- What the judge reads of each forecast origin: kept, so that evidence does not add up all pairs of 60 sessions.
create table public.pair_sums_by_origin (
  rollout_id bigint not null references public.rollouts (id),
  stage text not null,
  horizon text not null,
  data_cutoff timestamptz not null,
  outcome_date date not null,
  pairs integer not null,
  unusable integer not null,
  candidate_crps double precision,
  baseline_crps double precision,
  bounded_candidate_crps double precision,
  bounded_baseline_crps double precision,
  crps_floors_below double precision[],
  crps_floors_above double precision[],
  candidate_squares double precision,
  baseline_squares double precision,
  bounded_candidate_squares double precision,
  bounded_baseline_squares double precision,
  difference_squares double precision,
  squares_floors_below double precision[],
  squares_floors_above double precision[],
  covered integer[] not null,
  primary key (rollout_id, stage, horizon, data_cutoff),
  constraint pair_sums_by_origin_counts_something check (pairs >= 0 and unusable >= 0 and pairs + unusable > 0)
);
comment on table public.pair_sums_by_origin is
  'Sums over the compared pairs of forecast_pairs, one row per rollout, stage, horizon and bar that they were made from. Kept by triggers of it: added up anew, in the '
  'order of the symbols, when a pair of the origin was compared, restated or deleted.';
comment on column public.pair_sums_by_origin.rollout_id is 'The rollout.';
comment on column public.pair_sums_by_origin.stage is 'Its stage.';
comment on column public.pair_sums_by_origin.horizon is 'Horizon.';
comment on column public.pair_sums_by_origin.data_cutoff is 'The last bar that the forecasts saw, UTC.';
comment on column public.pair_sums_by_origin.outcome_date is 'Date, in UTC, of the first of their outcome bars: the session that the origin counts to.';
comment on column public.pair_sums_by_origin.pairs is 'Pairs that are summed.';
comment on column public.pair_sums_by_origin.unusable is 'Pairs that were looked at and cannot be compared: their scale is null.';
comment on column public.pair_sums_by_origin.candidate_crps is 'Sum of the candidate''s CRPS in scales; null, like the other sums, where no pair is summed.';
comment on column public.pair_sums_by_origin.baseline_crps is 'The same of the baseline.';
comment on column public.pair_sums_by_origin.bounded_candidate_crps is 'Sum of bounded_candidate_crps.';
comment on column public.pair_sums_by_origin.bounded_baseline_crps is 'Sum of bounded_baseline_crps.';
comment on column public.pair_sums_by_origin.crps_floors_below is 'Sums of crps_floors_below, place by place.';
comment on column public.pair_sums_by_origin.crps_floors_above is 'Sums of crps_floors_above, place by place.';
comment on column public.pair_sums_by_origin.candidate_squares is 'Sum of the candidate''s squared error in scales.';
comment on column public.pair_sums_by_origin.baseline_squares is 'The same of the baseline.';
comment on column public.pair_sums_by_origin.bounded_candidate_squares is 'Sum of the candidate''s squared error, of bounded outcomes.';
comment on column public.pair_sums_by_origin.bounded_baseline_squares is 'The same of the baseline.';
comment on column public.pair_sums_by_origin.difference_squares is 'Sum of mean_difference squared.';
comment on column public.pair_sums_by_origin.squares_floors_below is 'Sums of squares_floors_below, place by place.';
comment on column public.pair_sums_by_origin.squares_floors_above is 'Sums of squares_floors_above, place by place.';
comment on column public.pair_sums_by_origin.covered is 'Outcomes within the candidate''s 50, 80, 90 and 95 % interval.';

create index pair_sums_by_origin_by_date on public.pair_sums_by_origin (rollout_id, stage, outcome_date);

alter table public.pair_sums_by_origin enable row level security;
create policy pair_sums_by_origin_are_read_by_users on public.pair_sums_by_origin for select to authenticated using (true);
revoke all on public.pair_sums_by_origin from anon, authenticated, service_role;
grant select on public.pair_sums_by_origin to authenticated, service_role;

-- rollout-evidence/tables/pair_sums_by_series.sql
-- What the board compares of each series: kept, so that a reading of it does not add up all pairs of the stage.
create table public.pair_sums_by_series (
  rollout_id bigint not null references public.rollouts (id),
  stage text not null,
  symbol_id bigint not null references public.symbols (id),
  horizon text not null,
  scored integer not null,
  pairs integer not null,
  candidate_squares numeric not null,
  baseline_squares numeric not null,
  candidate_crps numeric not null,
  baseline_crps numeric not null,
  covered_90 integer not null,
  primary key (rollout_id, stage, symbol_id, horizon)
);
comment on table public.pair_sums_by_series is
  'Sums over forecast_pairs, one row per rollout, stage, symbol and horizon, kept by triggers of it. Numeric: exact whatever the order, so that what was added can be taken away.';
comment on column public.pair_sums_by_series.rollout_id is 'The rollout.';
comment on column public.pair_sums_by_series.stage is 'Its stage.';
comment on column public.pair_sums_by_series.symbol_id is 'The symbol.';
comment on column public.pair_sums_by_series.horizon is 'Horizon.';
comment on column public.pair_sums_by_series.scored is 'Rows of forecast_pairs.';
comment on column public.pair_sums_by_series.pairs is 'How many of them have a forecast of the baseline.';
comment on column public.pair_sums_by_series.candidate_squares is 'Sum of candidate_error squared over the pairs.';
comment on column public.pair_sums_by_series.baseline_squares is 'The same of the baseline.';
comment on column public.pair_sums_by_series.candidate_crps is 'Sum of candidate_crps over the pairs.';
comment on column public.pair_sums_by_series.baseline_crps is 'The same of the baseline.';
comment on column public.pair_sums_by_series.covered_90 is 'Scored ones whose 90 % interval of the candidate held the outcome.';

alter table public.pair_sums_by_series enable row level security;
create policy pair_sums_by_series_are_read_by_users on public.pair_sums_by_series for select to authenticated using (true);
revoke all on public.pair_sums_by_series from anon, authenticated, service_role;
grant select on public.pair_sums_by_series to authenticated, service_role;

-- rollout-evidence/functions/add_series_shares.sql
create or replace function internal.add_series_shares(p_shares public.pair_sums_by_series[]) returns void
language plpgsql set search_path = ''
as $$
begin
  -- In the order of the keys, so that two at once do not wait for each other.
  insert into public.pair_sums_by_series as t (
    rollout_id, stage, symbol_id, horizon, scored, pairs, candidate_squares, baseline_squares, candidate_crps, baseline_crps, covered_90)
  select k.*
  from (
    select s.rollout_id, s.stage, s.symbol_id, s.horizon, sum(s.scored) as scored, sum(s.pairs) as pairs,
      sum(s.candidate_squares) as candidate_squares, sum(s.baseline_squares) as baseline_squares, sum(s.candidate_crps) as candidate_crps,
      sum(s.baseline_crps) as baseline_crps, sum(s.covered_90) as covered_90
    from unnest(p_shares) s
    group by s.rollout_id, s.stage, s.symbol_id, s.horizon
  ) k
  where (k.scored, k.pairs, k.candidate_squares, k.baseline_squares, k.candidate_crps, k.baseline_crps, k.covered_90) <> (0, 0, 0, 0, 0, 0, 0)
  order by k.rollout_id, k.stage, k.symbol_id, k.horizon
  on conflict (rollout_id, stage, symbol_id, horizon) do update set
    scored = t.scored + excluded.scored, pairs = t.pairs + excluded.pairs,
    candidate_squares = t.candidate_squares + excluded.candidate_squares, baseline_squares = t.baseline_squares + excluded.baseline_squares,
    candidate_crps = t.candidate_crps + excluded.candidate_crps, baseline_crps = t.baseline_crps + excluded.baseline_crps,
    covered_90 = t.covered_90 + excluded.covered_90;
  delete from public.pair_sums_by_series t
  using (select distinct s.rollout_id, s.stage, s.symbol_id, s.horizon from unnest(p_shares) s where s.scored < 0) k
  where (t.rollout_id, t.stage, t.symbol_id, t.horizon) = (k.rollout_id, k.stage, k.symbol_id, k.horizon) and t.scored = 0;
end
$$;
comment on function internal.add_series_shares(public.pair_sums_by_series[]) is
  'Adds shares of pairs to pair_sums_by_series, key by key; a series that has none left loses its row.';
revoke execute on function internal.add_series_shares(public.pair_sums_by_series[]) from public;

-- rollout-evidence/functions/compare_pairs.sql
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

-- rollout-evidence/functions/compared_evidence.sql
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

-- rollout-evidence/functions/expected_forecasts.sql
create or replace function internal.expected_forecasts(p_rollout_id bigint, p_since timestamptz, p_until timestamptz) returns table (
  symbol text, horizon text, ensemble text, session_date date, data_cutoff timestamptz, deadline timestamptz, state text, forecasts integer)
language sql stable set search_path = '' set jit = off
as $$
  with rollout as materialized (
    select r.id, r.stage_started_at, r.candidate_hash, r.baseline_hash, (
      select p.figures -> 'reached' from public.rollout_events p
      where p.rollout_id = r.id and p.kind = 'promoted' and p.figures ->> 'to' = r.stage
      order by p.id desc limit 1) as reached
    from public.rollouts r where r.id = p_rollout_id
  ), ensemble as materialized (
    select e.name, e.config_hash
    from rollout r cross join lateral (values ('baseline', r.baseline_hash), ('candidate', r.candidate_hash)) e(name, config_hash)
  ), origin as materialized (
    select row_number() over () as place, o.session_date, o.horizon, o.data_cutoff, o.ends_at, d.deadline, o.ends_at >= r.stage_started_at as is_of_stage
    from rollout r
    cross join internal.forecast_origins((p_since at time zone 'America/New_York')::date - 1, (p_until at time zone 'America/New_York')::date) o
    cross join lateral (
      select o.ends_at + make_interval(mins => (internal.setting('forecast_deadline_minutes') #>> '{}')::integer) as deadline
    ) d
    where d.deadline > p_since and d.deadline <= p_until and not internal.publishing_stopped(o.ends_at, d.deadline)
      and internal.window_sizes(o.horizon) is not null
  ), member as materialized (
    -- What the stage has only just come to begins with the bars that end since; what the one before had already knows no gap between them.
    select m.symbol_id, h.horizon, coalesce(r.reached -> m.symbol ? h.horizon, false) as is_reached
    from rollout r
    join public.rollout_symbols m on m.rollout_id = r.id
    join public.symbols s on s.id = m.symbol_id and s.active
    cross join unnest(m.horizons) h(horizon)
    where h.horizon = any (s.horizons)
  ), reached as materialized (
    select m.horizon, array_agg(m.symbol_id) as of_stage, coalesce(array_agg(m.symbol_id) filter (where m.is_reached), '{}') as before_it
    from member m group by m.horizon
  ), other as materialized (
    -- All but those that were there by the bar's own deadline, however late their bar came: nearly all are, and nothing more is asked of them. Origin by
    -- origin: of all at once the sets would be large.
    select o.place, e.name as ensemble, x.symbol_id
    from origin o
    join reached r on r.horizon = o.horizon
    cross join ensemble e
    cross join lateral (
      select i.symbol_id from unnest(case when o.is_of_stage then r.of_stage else r.before_it end) i(symbol_id)
      except
      select f.symbol_id
      from public.forecasts f
      where f.data_cutoff = o.data_cutoff and f.horizon = o.horizon and f.ensemble = e.name and f.config_hash = e.config_hash
        and f.issued_at <= o.deadline and o.deadline <= p_until - interval '30 minutes'
    ) x
  ), due as materialized (
    select x.place, x.ensemble, x.symbol_id, e.config_hash, o.session_date, o.horizon, o.data_cutoff, o.deadline as bar_deadline, due.deadline,
      b.ingested_at, f.issued_at
    from other x
    join origin o on o.place = x.place
    join ensemble e on e.name = x.ensemble
    left join public.bars b on b.symbol_id = x.symbol_id and b.timeframe = internal.timeframe_of(o.horizon) and b.bar_time = o.data_cutoff
    left join public.forecasts f
      on f.symbol_id = x.symbol_id and f.horizon = o.horizon and f.ensemble = x.ensemble and f.config_hash = e.config_hash
      and f.data_cutoff = o.data_cutoff
    cross join lateral (
      -- A bar that came in the last half hour leaves its forecast half an hour.
      select greatest(o.deadline, case when b.ingested_at <= o.deadline then b.ingested_at + interval '30 minutes' end) as deadline
    ) due
    where due.deadline <= p_until
  ), judged as materialized (
    select s.symbol, d.horizon, d.ensemble, d.session_date, d.data_cutoff, d.deadline, d.place,
      case
        when d.issued_at <= d.deadline then 'there'
        -- Bars that were restated since have it made anew: that it was there in time is what its run knows.
        when d.issued_at is not null and exists (
          select from public.runs x
          where x.kind = 'forecast' and x.status = 'succeeded' and x.params -> 'symbols' ->> 0 = s.symbol and x.data_cutoff = d.data_cutoff
            and x.ensemble = d.ensemble and x.config_hash = d.config_hash and x.params ->> 'horizon' = d.horizon
            and x.finished_at <= d.deadline) then 'there'
        -- A request may have been for several symbols.
        when d.issued_at is not null and exists (
          select from public.runs x
          where x.kind = 'forecast' and x.status = 'succeeded' and x.params -> 'symbols' ->> 1 is not null and x.data_cutoff = d.data_cutoff
            and x.ensemble = d.ensemble and x.config_hash = d.config_hash and x.params ->> 'horizon' = d.horizon
            and x.finished_at <= d.deadline and x.params -> 'symbols' ? s.symbol) then 'there'
        -- A bar may have been there and be restated since: a forecast from it knows, or who noticed that there was none.
        when d.ingested_at is null or d.ingested_at > d.bar_deadline
          and not exists (
            select from public.forecasts x
            where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.ensemble = any ('{baseline,candidate}')
              and x.data_cutoff = d.data_cutoff and x.issued_at <= d.bar_deadline)
          and not exists (
            select from public.rollout_events x
            where x.rollout_id = p_rollout_id and x.kind = 'forecast_missing' and x.subject in (
              internal.forecast_subject(s.symbol, d.horizon, 'candidate', d.session_date, d.data_cutoff),
              internal.forecast_subject(s.symbol, d.horizon, 'baseline', d.session_date, d.data_cutoff)))
          then 'bar_missing'
        when d.issued_at is not null then 'late'
        else 'forecast_missing'
      end as state
    from due d
    join public.symbols s on s.id = d.symbol_id
  ), not_at_once as materialized (
    select x.place, x.ensemble, count(*) as forecasts from other x group by x.place, x.ensemble
  ), all_the_same as materialized (
    select j.place, j.ensemble, count(*) as forecasts from judged j where j.state = 'there' group by j.place, j.ensemble
  )
  select j.symbol, j.horizon, j.ensemble, j.session_date, j.data_cutoff, j.deadline, j.state, 1
  from judged j where j.state <> 'there'
  union all
  select null, o.horizon, e.name, o.session_date, o.data_cutoff, o.deadline, 'there', n.there::integer
  from origin o
  cross join ensemble e
  join reached r on r.horizon = o.horizon
  left join not_at_once a on a.place = o.place and a.ensemble = e.name
  left join all_the_same t on t.place = o.place and t.ensemble = e.name
  cross join lateral (
    select cardinality(case when o.is_of_stage then r.of_stage else r.before_it end) - coalesce(a.forecasts, 0) + coalesce(t.forecasts, 0) as there
  ) n
  where n.there > 0
  union all
  select m.symbol, h.horizon, 'candidate', null, null, null, 'nothing_due', 0
  from public.rollout_symbols m
  cross join unnest(m.horizons) h(horizon)
  where m.rollout_id = p_rollout_id and not exists (
    select from member k
    where k.symbol_id = m.symbol_id and k.horizon = h.horizon and exists (
      select from origin o where o.horizon = k.horizon and (o.is_of_stage or k.is_reached)))
$$;
comment on function internal.expected_forecasts(bigint, timestamptz, timestamptz) is
  'The forecasts that a rollout''s symbols should have, of candidate and baseline, whose deadline (the bar''s end and '
  'forecast_deadline_minutes; half an hour after the bar came, where it came in the last half hour) has passed after p_since and by p_until; '
  'where its stage is the first on the horizon, from bars that ended in it. A row each for what is late, forecast_missing or bar_missing: the bar itself had not '
  'come by the deadline; a row an origin and ensemble, without a symbol, for how many are there; a row nothing_due for each symbol and horizon of which none was '
  'expected. None while the kill switch was on.';
revoke execute on function internal.expected_forecasts(bigint, timestamptz, timestamptz) from public;

-- rollout-evidence/functions/latest_evaluation.sql
create or replace function internal.latest_evaluation(p_rollout public.rollouts) returns public.rollout_evaluations
language sql stable set search_path = ''
as $$
  -- Of two at once, the one that saw more may be stored first. Evidence ahead of the clock is of before it was set back: only where there is no other.
  select e.*
  from (
    (
      select x.* from public.rollout_evaluations x
      where x.rollout_id = p_rollout.id and x.stage = p_rollout.stage and x.evidence_at <= now() + interval '10 minutes'
      order by x.evidence_at desc, x.id desc limit 1
    )
    union all
    (
      select x.* from public.rollout_evaluations x
      where x.rollout_id = p_rollout.id and x.stage = p_rollout.stage and x.evidence_at > now() + interval '10 minutes'
      order by x.evidence_at desc, x.id desc limit 1
    )
  ) e
  order by e.evidence_at limit 1
$$;
comment on function internal.latest_evaluation(public.rollouts) is
  'The evaluation of a rollout''s present stage on the latest evidence; null without one.';
revoke execute on function internal.latest_evaluation(public.rollouts) from public;

-- rollout-evidence/functions/rollout_evidence.sql
create or replace function public.rollout_evidence() returns jsonb
language sql security definer set search_path = ''
as $$
  -- What has just come true, as far as there is time for it.
  select internal.compare_pairs(250);
  select internal.rollout_evidence();
$$;
comment on function public.rollout_evidence() is
  'All that a stage of the latest rollout is judged by, as one document whose schema is src/shared/contracts/rollout-evidence.ts: forecasts '
  'expected and there, sums over pairs of both ensembles from the same bars with what came true, windows, triggers that SQL alone finds (divergence), dead jobs, failed runs, errors, durations of '
  'queries, approvals. Of an ended rollout as it was at its end. Raises no_rollout.';
revoke execute on function public.rollout_evidence() from public, anon, authenticated;
grant execute on function public.rollout_evidence() to service_role;

-- rollout-evidence/functions/series_share.sql
create or replace function internal.series_share(p_pair public.forecast_pairs, p_sign integer) returns public.pair_sums_by_series
language sql immutable set search_path = ''
as $$
  select p_pair.rollout_id, p_pair.stage, p_pair.symbol_id, p_pair.horizon, p_sign, p_sign * n.pairs,
    p_sign * n.pairs * p_pair.candidate_error::numeric * p_pair.candidate_error::numeric,
    p_sign * n.pairs * coalesce(p_pair.baseline_error, 0)::numeric * coalesce(p_pair.baseline_error, 0)::numeric,
    p_sign * n.pairs * p_pair.candidate_crps::numeric, p_sign * n.pairs * coalesce(p_pair.baseline_crps, 0)::numeric,
    p_sign * p_pair.candidate_covered[3]::integer
  from (select (p_pair.baseline_id is not null)::integer as pairs) n
$$;
comment on function internal.series_share(public.forecast_pairs, integer) is
  'What a pair adds to pair_sums_by_series (p_sign 1), or takes away again (-1).';
revoke execute on function internal.series_share(public.forecast_pairs, integer) from public;

-- rollout-evidence/functions/sum_origin.sql
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

-- rollout-evidence/triggers/change_series_sums.sql
create or replace function internal.change_series_sums() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- Both at once: what is compared, and changes no share, touches no sum.
  perform internal.add_series_shares(array_agg(c.share))
  from (select internal.series_share(a, 1) as share from added a union all select internal.series_share(r, -1) from removed r) c
  having count(*) > 0;
  return null;
end
$$;
comment on function internal.change_series_sums() is 'Trigger: what pairs were before is taken away from pair_sums_by_series, what they are now added.';
revoke execute on function internal.change_series_sums() from public;

create trigger forecast_pairs_change_series after update on public.forecast_pairs
referencing new table as added old table as removed for each statement execute function internal.change_series_sums();

-- rollout-evidence/triggers/keep_origin_sums.sql
create or replace function internal.keep_origin_sums() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_origin record;
  v_is_locked boolean := false;
begin
  for v_origin in
    select distinct c.rollout_id, c.stage, c.horizon, c.data_cutoff
    from changed c
    where c.compared_at is not null and c.baseline_id is not null
  loop
    if not v_is_locked then
      -- Two at once would each miss the other's pairs.
      perform pg_advisory_xact_lock(hashtext('plumbline.pair_sums_by_origin'));
      v_is_locked := true;
    end if;
    perform internal.sum_origin(v_origin.rollout_id, v_origin.stage, v_origin.horizon, v_origin.data_cutoff);
  end loop;
  return null;
end
$$;
comment on function internal.keep_origin_sums() is
  'Trigger: origins of which pairs were compared, or changed or deleted after that, are added up anew in pair_sums_by_origin.';
revoke execute on function internal.keep_origin_sums() from public;

create trigger forecast_pairs_sum_old_origins after update on public.forecast_pairs
referencing old table as changed for each statement execute function internal.keep_origin_sums();
create trigger forecast_pairs_sum_new_origins after update on public.forecast_pairs
referencing new table as changed for each statement execute function internal.keep_origin_sums();
create trigger forecast_pairs_sum_origins_left after delete on public.forecast_pairs
referencing old table as changed for each statement execute function internal.keep_origin_sums();

-- rollout-evidence/triggers/keep_series_sums.sql
create or replace function internal.keep_series_sums() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.add_series_shares(array_agg(internal.series_share(c, tg_argv[0]::integer))) from changed c having count(*) > 0;
  return null;
end
$$;
comment on function internal.keep_series_sums() is 'Trigger (1 or -1): pairs that come are added to pair_sums_by_series, those that go taken away from it.';
revoke execute on function internal.keep_series_sums() from public;

create trigger forecast_pairs_add_to_series after insert on public.forecast_pairs
referencing new table as changed for each statement execute function internal.keep_series_sums('1');
create trigger forecast_pairs_leave_series after delete on public.forecast_pairs
referencing old table as changed for each statement execute function internal.keep_series_sums('-1');

-- rollout-evidence/views/vw_canary_board.sql
create or replace view public.vw_canary_board with (security_invoker = true) as
-- Who serves and what is there is worked out once for all series; what is looked up for each of them comes after the order, so that who asks for the
-- first so many, or for one symbol, looks up no others.
with rollout as materialized (
  select x.* from public.rollouts x order by x.id desc limit 1
), serving as materialized (
  select a.symbol_id, a.horizon, a.ensemble from public.vw_ensemble_assignments a where a.is_serving
), presence as materialized (
  select p.symbol, p.horizon, p.ensemble, p.session_date, p.state from public.vw_forecast_presence p
), alert as materialized (
  select x.symbol_id, x.horizon, count(*)::integer as alerts_open
  from public.divergence_alerts x
  where x.ensemble = 'candidate' and x.resolved_at is null
  group by x.symbol_id, x.horizon
)
select
  b.rollout_id,
  b.status,
  b.stage,
  b.symbol,
  b.horizon,
  b.joined_in,
  b.ensemble,
  f.data_cutoff as last_cutoff,
  f.issued_at as last_issued_at,
  b.session_date,
  b.state,
  coalesce(s.scored, 0) as scored,
  coalesce(s.pairs, 0) as pairs,
  k.candidate_rmse,
  k.baseline_rmse,
  k.candidate_rmse / nullif(k.baseline_rmse, 0) as rmse_ratio,
  k.candidate_crps,
  k.baseline_crps,
  k.candidate_crps / nullif(k.baseline_crps, 0) as crps_ratio,
  s.covered_90::double precision / s.scored as coverage_90,
  w.window_id,
  w.divergence,
  w.verdict,
  w.validated_at,
  b.alerts_open,
  b.needs_attention
from (
  select r.id as rollout_id, r.status, r.stage, m.symbol_id, m.symbol, h.horizon, m.stage as joined_in, g.ensemble, p.session_date, p.state,
    coalesce(a.alerts_open, 0) as alerts_open, coalesce(p.state <> 'there', false) or a.alerts_open is not null as needs_attention,
    r.candidate_hash, case g.ensemble when 'candidate' then r.candidate_hash else r.baseline_hash end as serving_hash
  from rollout r
  join public.rollout_symbols m on m.rollout_id = r.id
  cross join unnest(m.horizons) h(horizon)
  join serving g on g.symbol_id = m.symbol_id and g.horizon = h.horizon
  left join presence p on p.symbol = m.symbol and p.horizon = h.horizon and p.ensemble = g.ensemble
  left join alert a on a.symbol_id = m.symbol_id and a.horizon = h.horizon
  order by needs_attention desc, m.symbol, h.horizon
) b
left join lateral (
  select x.data_cutoff, x.issued_at
  from public.forecasts x
  where x.symbol_id = b.symbol_id and x.horizon = b.horizon and x.ensemble = b.ensemble and x.config_hash = b.serving_hash
  order by x.data_cutoff desc
  limit 1
) f on true
left join lateral (
  select x.* from public.pair_sums_by_series x
  where x.rollout_id = b.rollout_id and x.stage = b.stage and x.symbol_id = b.symbol_id and x.horizon = b.horizon
  limit 1
) s on true
left join lateral (
  select sqrt(s.candidate_squares::double precision / s.pairs) as candidate_rmse, sqrt(s.baseline_squares::double precision / s.pairs) as baseline_rmse,
    s.candidate_crps::double precision / s.pairs as candidate_crps, s.baseline_crps::double precision / s.pairs as baseline_crps
  where s.pairs > 0
) k on true
left join lateral (
  select v.window_id, e.divergence, t.verdict, e.updated_at as validated_at
  from (
    select x.metrics_id, x.window_id
    from public.vw_valid_windows x
    where x.symbol_id = b.symbol_id and x.horizon = b.horizon and x.config_hash = b.candidate_hash
    order by x.window_id desc
    limit 1
  ) v
  join public.ensemble_validation_metrics e on e.id = v.metrics_id
  join public.overfitting_tests t on t.metrics_id = v.metrics_id
) w on true
order by b.needs_attention desc, b.symbol, b.horizon;
comment on view public.vw_canary_board is
  'The latest rollout by symbol and horizon that it has reached: who serves, the last forecast, candidate beside baseline over the forecasts of '
  'the present stage, or of the one that it ended in, that have come true, the latest window, open alerts. What needs attention comes first. Of many symbols ask for '
  'the first so many, or for some by name.';
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
comment on column public.vw_canary_board.needs_attention is
  'Whether an alert is open, or the forecast of the last session is not there. The order of the rows: first those, then by symbol and horizon.';

revoke all on public.vw_canary_board from anon, authenticated, service_role;
grant select on public.vw_canary_board to authenticated, service_role;

-- query-health/rows/monitoring_queries.sql
-- Written by npm run build:rows from supabase/snippets. Do not edit: change a snippet and write it again.
insert into public.monitoring_queries (name, query) values
  ('daily-divergence-summary', $query$-- How far did validation and test part company, day by day (New York) and by ensemble? The last 30 days; divergences in percent.
select day, ensemble, symbols, windows, round((100 * mean_divergence)::numeric, 1) as mean_percent,
  round((100 * largest_divergence)::numeric, 1) as largest_percent, largest_divergence_of, above_warning, above_overfitting, above_critical,
  overfitting_windows, implausible_windows, alerts_opened
from public.vw_daily_divergence
where day > (now() at time zone 'America/New_York')::date - 30
order by day desc, ensemble;
$query$),
  ('rmse-against-baseline', $query$-- Is the candidate better than the baseline on the forecasts that both made from the same bar? A ratio below 1 is; n says how much that is worth.
select symbol, horizon, n, candidate_rmse, baseline_rmse, round(rmse_ratio::numeric, 4) as rmse_ratio, candidate_crps, baseline_crps,
  round(crps_ratio::numeric, 4) as crps_ratio, no_change_rmse, first_outcome_time, last_outcome_time
from public.vw_rmse_against_baseline
order by crps_ratio desc nulls last, symbol, horizon;
$query$),
  ('overfitting-symbols', $query$-- Which symbols and horizons have overfitting windows among those validated in the last seven days? The worst first.
select symbol, horizon, overfitting_count, latest_validation_date, mean_divergence, max_divergence
from public.vw_overfitting_symbols
order by max_divergence desc, symbol, horizon;
$query$),
  ('model-performance', $query$-- How do the ensembles as configured now, and each of their members, forecast what came true? By symbol and horizon; n says how much that is worth.
select p.symbol, p.horizon, p.ensemble, p.model, p.n, round(p.mean_weight::numeric, 3) as mean_weight, p.rmse,
  round(p.rmse_to_no_change::numeric, 4) as rmse_to_no_change, p.mean_error, round(p.directional_accuracy::numeric, 3) as directional_accuracy,
  round(p.base_rate::numeric, 3) as base_rate, p.mean_crps, round(p.coverage_90::numeric, 3) as coverage_90, p.last_outcome_time
from public.vw_model_performance p
join public.ensembles e on e.ensemble = p.ensemble and e.config_hash = p.config_hash
order by p.symbol, p.horizon, p.ensemble, p.model <> 'ensemble', p.model;
$query$),
  ('forecast-quality', $query$-- Do the intervals hold what they promise, and how good are the forecasts? Of the latest 30 and 250 outcomes, and of all (latest is null).
select q.symbol, q.horizon, q.ensemble, q.latest, q.n, round(q.coverage_50::numeric, 3) as coverage_50,
  round(q.coverage_80::numeric, 3) as coverage_80, round(q.coverage_90::numeric, 3) as coverage_90,
  round(q.coverage_95::numeric, 3) as coverage_95, q.mean_crps, q.rmse, q.no_change_rmse,
  round(q.directional_accuracy::numeric, 3) as directional_accuracy, round(q.base_rate::numeric, 3) as base_rate
from public.vw_forecast_quality q
join public.ensembles e on e.ensemble = q.ensemble and e.config_hash = q.config_hash
order by q.symbol, q.horizon, q.ensemble, q.latest nulls last;
$query$),
  ('canary-board', $query$-- How does the latest rollout stand, symbol by symbol and horizon by horizon? 100 rows; those with open alerts, or without their forecast, come first.
-- Ratios below 1 favour the candidate; pairs says how much they are worth.
select rollout_id, status, stage, symbol, horizon, joined_in, ensemble, last_cutoff, last_issued_at, session_date, state, scored, pairs,
  round(rmse_ratio::numeric, 4) as rmse_ratio, round(crps_ratio::numeric, 4) as crps_ratio, round(coverage_90::numeric, 3) as coverage_90,
  round((100 * divergence)::numeric, 1) as divergence_percent, verdict, validated_at, alerts_open
from public.vw_canary_board
order by needs_attention desc, symbol, horizon
limit 100;
$query$),
  ('run-health', $query$-- Is all well? One row per check; what is failing comes first.
select check_name, subject, status, sentence, last_good_at, figures
from public.vw_run_health
order by ok nulls last, check_name, subject;
$query$),
  ('missed-ticks', $query$-- Which ticks of cron and which slots did not come, or failed, in the last seven days?
select kind, name, last_before, until, missed, reason
from public.vw_missed_ticks
order by last_before desc, kind, name;
$query$)
on conflict (name) do update set query = excluded.query;

create index rollout_evaluations_by_evidence on public.rollout_evaluations (rollout_id, stage, evidence_at, id);

drop function internal.compared_evidence(public.rollouts, timestamptz);

create index forecast_pairs_by_origin on public.forecast_pairs (rollout_id, stage, horizon, data_cutoff, symbol_id);
-- squawk-ignore require-concurrent-index-deletion
drop index public.forecast_pairs_by_outcome;

-- Of the pairs that are there.
do $$
begin
  perform internal.add_series_shares(array_agg(internal.series_share(p, 1)))
  from public.forecast_pairs p
  group by p.rollout_id, p.stage, p.symbol_id, p.horizon;
  perform internal.sum_origin(o.rollout_id, o.stage, o.horizon, o.data_cutoff)
  from (
    select distinct p.rollout_id, p.stage, p.horizon, p.data_cutoff
    from public.forecast_pairs p
    where p.compared_at is not null and p.baseline_id is not null
  ) o;
end
$$;
