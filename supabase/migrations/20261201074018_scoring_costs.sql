-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- forecasts/functions/add_outcome_pairs.sql
create or replace function internal.add_outcome_pairs(p_before public.forecast_outcomes[], p_after public.forecast_outcomes[]) returns void
language plpgsql set search_path = '' set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
  with stored as materialized (
    -- All that came true from the bars of these forecasts, as it is now.
    select f.symbol_id, f.horizon, f.data_cutoff, f.ensemble, f.config_hash, o as outcome
    from (
      select distinct x.symbol_id, x.horizon, x.data_cutoff
      from unnest(p_before || p_after) o
      join public.forecasts x on x.id = o.forecast_id
    ) k
    join public.forecasts f on f.symbol_id = k.symbol_id and f.horizon = k.horizon and f.data_cutoff = k.data_cutoff
    join public.forecast_outcomes o on o.forecast_id = f.id
  ), side as (
    select 1 as sign, s.* from stored s
    union all
    select -1, s.* from stored s where (s.outcome).forecast_id not in (select a.forecast_id from unnest(p_after) a)
    union all
    select -1, f.symbol_id, f.horizon, f.data_cutoff, f.ensemble, f.config_hash, b
    from unnest(p_before) b
    join public.forecasts f on f.id = b.forecast_id
  ), bar as (
    select s.sign, s.symbol_id, s.horizon, s.data_cutoff,
      array_agg(s.config_hash) filter (where s.ensemble = 'candidate') as candidate_hashes,
      array_agg(s.outcome) filter (where s.ensemble = 'candidate') as candidate_outcomes,
      array_agg(s.config_hash) filter (where s.ensemble = 'baseline') as baseline_hashes,
      array_agg(s.outcome) filter (where s.ensemble = 'baseline') as baseline_outcomes
    from side s
    group by s.sign, s.symbol_id, s.horizon, s.data_cutoff
  ), change as materialized (
    select k.symbol_id, k.horizon, c.config_hash as candidate_hash, b.config_hash as baseline_hash,
      min(k.data_cutoff) as earliest, max(k.data_cutoff) as furthest, max(k.data_cutoff) filter (where k.sign > 0) as last_cutoff,
      (array_agg((c.outcome).outcome_time order by k.data_cutoff desc) filter (where k.sign > 0))[1] as last_outcome_time,
      sum(k.sign)::integer as n, sum(k.sign * (c.outcome).error::numeric * (c.outcome).error::numeric) as candidate_squared_error,
      sum(k.sign * (b.outcome).error::numeric * (b.outcome).error::numeric) as baseline_squared_error,
      sum(k.sign * (c.outcome).realised_return::numeric * (c.outcome).realised_return::numeric) as squared_return,
      sum(k.sign * (c.outcome).crps::numeric) as candidate_crps, sum(k.sign * (b.outcome).crps::numeric) as baseline_crps
    from bar k
    -- By place: to unnest outcomes takes as long for each bar as all the rest.
    cross join lateral generate_series(1, cardinality(k.candidate_hashes)) i
    cross join lateral generate_series(1, cardinality(k.baseline_hashes)) j
    cross join lateral (select k.candidate_hashes[i] as config_hash, k.candidate_outcomes[i] as outcome) c
    cross join lateral (select k.baseline_hashes[j] as config_hash, k.baseline_outcomes[j] as outcome) b
    group by k.symbol_id, k.horizon, c.config_hash, b.config_hash
  )
  insert into public.outcome_pair_sums as s (
    symbol_id, horizon, candidate_hash, baseline_hash, n, first_cutoff, last_cutoff, first_outcome_time, last_outcome_time,
    candidate_squared_error, baseline_squared_error, squared_return, candidate_crps, baseline_crps)
  select c.symbol_id, c.horizon, c.candidate_hash, c.baseline_hash, k.n,
    case when k.n > 0 then coalesce(first.data_cutoff, t.first_cutoff) end,
    case when k.n > 0 then coalesce(last.data_cutoff, greatest(t.last_cutoff, c.last_cutoff)) end,
    case when k.n > 0 then coalesce(first.outcome_time, t.first_outcome_time) end,
    case
      when k.n > 0 then coalesce(last.outcome_time,
        case when c.last_cutoff >= coalesce(t.last_cutoff, '-infinity') then c.last_outcome_time else t.last_outcome_time end)
    end,
    coalesce(t.candidate_squared_error, 0) + c.candidate_squared_error, coalesce(t.baseline_squared_error, 0) + c.baseline_squared_error,
    coalesce(t.squared_return, 0) + c.squared_return, coalesce(t.candidate_crps, 0) + c.candidate_crps,
    coalesce(t.baseline_crps, 0) + c.baseline_crps
  from change c
  left join lateral (
    -- Offset 0: of each by the index; a plan made while the symbols are few would read all.
    select x.* from public.outcome_pair_sums x
    where x.symbol_id = c.symbol_id and x.horizon = c.horizon and x.candidate_hash = c.candidate_hash and x.baseline_hash = c.baseline_hash
    offset 0
  ) t on true
  cross join lateral (select coalesce(t.n, 0) + c.n as n) k
  left join lateral (
    select f.data_cutoff, o.outcome_time
    from public.forecasts f
    join public.forecast_outcomes o on o.forecast_id = f.id
    join public.forecasts b
      on b.symbol_id = f.symbol_id and b.horizon = f.horizon and b.ensemble = 'baseline' and b.config_hash = c.baseline_hash and b.data_cutoff = f.data_cutoff
    join public.forecast_outcomes p on p.forecast_id = b.id
    where f.symbol_id = c.symbol_id and f.horizon = c.horizon and f.ensemble = 'candidate' and f.config_hash = c.candidate_hash
      and f.data_cutoff >= least(t.first_cutoff, c.earliest)
    order by f.data_cutoff
    limit case when t.first_cutoff < c.earliest then 0 else 1 end
  ) first on true
  left join lateral (
    select f.data_cutoff, o.outcome_time
    from public.forecasts f
    join public.forecast_outcomes o on o.forecast_id = f.id
    join public.forecasts b
      on b.symbol_id = f.symbol_id and b.horizon = f.horizon and b.ensemble = 'baseline' and b.config_hash = c.baseline_hash and b.data_cutoff = f.data_cutoff
    join public.forecast_outcomes p on p.forecast_id = b.id
    where f.symbol_id = c.symbol_id and f.horizon = c.horizon and f.ensemble = 'candidate' and f.config_hash = c.candidate_hash
      and f.data_cutoff <= greatest(t.last_cutoff, c.furthest)
    order by f.data_cutoff desc
    limit case when t.last_cutoff > c.furthest or c.last_cutoff = c.furthest then 0 else 1 end
  ) last on true
  order by c.symbol_id, c.horizon, c.candidate_hash, c.baseline_hash
  on conflict (symbol_id, horizon, candidate_hash, baseline_hash) do update set
    n = excluded.n, first_cutoff = excluded.first_cutoff, last_cutoff = excluded.last_cutoff, first_outcome_time = excluded.first_outcome_time,
    last_outcome_time = excluded.last_outcome_time, candidate_squared_error = excluded.candidate_squared_error,
    baseline_squared_error = excluded.baseline_squared_error, squared_return = excluded.squared_return,
    candidate_crps = excluded.candidate_crps, baseline_crps = excluded.baseline_crps;
end
$$;
comment on function internal.add_outcome_pairs(public.forecast_outcomes[], public.forecast_outcomes[]) is
  'As internal.add_outcomes, for outcome_pair_sums: the pairs that these outcomes are or were in. To be called after it, which lets one come after the other.';
revoke execute on function internal.add_outcome_pairs(public.forecast_outcomes[], public.forecast_outcomes[]) from public;

-- forecasts/functions/add_outcomes.sql
-- A plan is kept for a session. One made while a table was small must not read the table whole once it is large: enable_seqscan.
create or replace function internal.add_outcomes(p_before public.forecast_outcomes[], p_after public.forecast_outcomes[]) returns void
language plpgsql set search_path = '' set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_terms public.outcome_sums[];
begin
  v_terms := array(
    select t from internal.outcome_terms(p_before, -1, true) t
    union all
    select t from internal.outcome_terms(p_after, 1, true) t);

  insert into public.outcome_sums (symbol_id, horizon, ensemble, config_hash, model, latest)
  select distinct t.symbol_id, t.horizon, t.ensemble, t.config_hash, t.model, w.latest
  from unnest(v_terms) t
  join (values (0), (30), (250)) w(latest) on w.latest = 0 or t.model = 'ensemble'
  where t.n > 0 and not exists (
    select from public.outcome_sums s
    where s.symbol_id = t.symbol_id and s.horizon = t.horizon and s.ensemble = t.ensemble and s.config_hash = t.config_hash and s.model = t.model
      and s.latest = 0)
  order by 1, 2, 3, 4, 5, 6
  on conflict do nothing;

  -- Who else changes outcomes of these symbols and horizons comes before or after, and not between.
  perform from public.outcome_sums s
  where s.model = 'ensemble' and s.latest = 0 and (s.symbol_id, s.horizon) in (select t.symbol_id, t.horizon from unnest(v_terms) t)
  order by s.symbol_id, s.horizon, s.ensemble, s.config_hash
  for update;

  with change as materialized (
    -- Of each row of sums that has the outcome, by the row's place: nobody else moves it now.
    select s.ctid as place, s.latest as most, s.n as counted, s.first_cutoff as first, s.last_cutoff as last, k.since, t.*
    from unnest(v_terms) t
    join public.outcome_sums s
      on s.symbol_id = t.symbol_id and s.horizon = t.horizon and s.ensemble = t.ensemble and s.config_hash = t.config_hash and s.model = t.model
    cross join lateral (
      -- A row that is full has the outcomes from its first cutoff on, any other one all.
      select case when s.n = nullif(s.latest, 0) then s.first_cutoff else '-infinity' end as since
    ) k
    where t.first_cutoff >= k.since
  ), touched as (
    select c.place, c.symbol_id, c.horizon, c.ensemble, c.config_hash, c.model, c.most, c.first, c.last, c.since,
      c.counted + sum(c.n)::integer as n, min(c.first_cutoff) as earliest,
      max(c.first_cutoff) filter (where c.n < 0) = c.last
        and c.last > coalesce(max(c.first_cutoff) filter (where c.n > 0), '-infinity') as is_last_gone
    from change c
    group by c.place, c.symbol_id, c.horizon, c.ensemble, c.config_hash, c.model, c.most, c.first, c.last, c.since, c.counted
  ), resized as materialized (
    select t.*, case when t.most > 0 then greatest(t.n - t.most, 0) else 0 end as too_many,
      case when t.since > '-infinity' then greatest(t.most - t.n, 0) else 0 end as too_few
    from touched t
  ), walked as materialized (
    -- From the first on: those that are too many, and the one that is the first then.
    select r.place, r.symbol_id, r.horizon, r.ensemble, r.config_hash, case when w.nth > r.too_many then 0 else -1 end as n, w.outcome,
      w.data_cutoff, w.outcome_time, false as is_last
    from resized r
    cross join lateral (
      select row_number() over (order by f.data_cutoff) as nth, f.data_cutoff, o.outcome_time, o as outcome
      from public.forecasts f
      join public.forecast_outcomes o on o.forecast_id = f.id
      where f.symbol_id = r.symbol_id and f.horizon = r.horizon and f.ensemble = r.ensemble and f.config_hash = r.config_hash
        and f.data_cutoff >= case when r.since > '-infinity' then r.since else least(r.first, r.earliest) end
        and (r.model = 'ensemble' or exists (select from internal.outcome_terms(array[o], 1, true) t where t.model = r.model))
      order by f.data_cutoff
      limit case when r.too_many > 0 or r.first is null or r.earliest <= r.first then r.too_many + 1 else 0 end
    ) w
    union all
    -- As many from before the first as it lacks.
    select r.place, r.symbol_id, r.horizon, r.ensemble, r.config_hash, 1, w.outcome, w.data_cutoff, w.outcome_time, false
    from resized r
    cross join lateral (
      select f.data_cutoff, o.outcome_time, o as outcome
      from public.forecasts f
      join public.forecast_outcomes o on o.forecast_id = f.id
      where f.symbol_id = r.symbol_id and f.horizon = r.horizon and f.ensemble = r.ensemble and f.config_hash = r.config_hash
        and f.data_cutoff < r.since
      order by f.data_cutoff desc
      limit r.too_few
    ) w
    union all
    -- The one that is the last now.
    select r.place, r.symbol_id, r.horizon, r.ensemble, r.config_hash, 0, null, w.data_cutoff, w.outcome_time, true
    from resized r
    cross join lateral (
      select f.data_cutoff, o.outcome_time
      from public.forecasts f
      join public.forecast_outcomes o on o.forecast_id = f.id
      where f.symbol_id = r.symbol_id and f.horizon = r.horizon and f.ensemble = r.ensemble and f.config_hash = r.config_hash
        and f.data_cutoff < r.last
        and (r.model = 'ensemble' or exists (select from internal.outcome_terms(array[o], 1, true) t where t.model = r.model))
      order by f.data_cutoff desc
      limit case when r.is_last_gone then 1 else 0 end
    ) w
  ), part as (
    select c.place, c.n, null::timestamptz as first_cutoff, null::timestamptz as first_outcome_time,
      case when c.n > 0 then c.last_cutoff end as last_cutoff, case when c.n > 0 then c.last_outcome_time end as last_outcome_time, false as is_last_gone,
      c.covered_50, c.covered_80, c.covered_90, c.covered_95, c.crps, c.log_score, c.log_scores, c.error, c.absolute_error, c.squared_error,
      c.squared_return, c.directions, c.directions_correct, c.directions_risen, c.confidence, c.confidences, c.confidences_true, c.moves,
      c.moves_risen, c.moves_foretold, c.moves_correct, c.weight, c.weights
    from change c
    union all
    select w.place, w.n, case when w.n >= 0 and not w.is_last then w.data_cutoff end, case when w.n >= 0 and not w.is_last then w.outcome_time end,
      case when w.is_last then w.data_cutoff end, case when w.is_last then w.outcome_time end, w.is_last,
      t.covered_50, t.covered_80, t.covered_90, t.covered_95, t.crps, t.log_score, t.log_scores, t.error, t.absolute_error, t.squared_error,
      t.squared_return, t.directions, t.directions_correct, t.directions_risen, t.confidence, t.confidences, t.confidences_true, t.moves,
      t.moves_risen, t.moves_foretold, t.moves_correct, t.weight, t.weights
    from walked w
    left join (
      -- Only sums of an ensemble have a length.
      select * from internal.outcome_terms((select array_agg(distinct x.outcome) from walked x where x.n < 0), -1, false)
      union all
      select * from internal.outcome_terms((select array_agg(distinct x.outcome) from walked x where x.n > 0), 1, false)
    ) t
      on t.symbol_id = w.symbol_id and t.horizon = w.horizon and t.ensemble = w.ensemble and t.config_hash = w.config_hash
      and t.first_cutoff = w.data_cutoff and t.n = w.n
  ), difference as (
    select p.place, sum(p.n)::integer as n,
      min(p.first_cutoff) as first_cutoff, (array_agg(p.first_outcome_time order by p.first_cutoff))[1] as first_outcome_time,
      max(p.last_cutoff) as last_cutoff, (array_agg(p.last_outcome_time order by p.last_cutoff desc nulls last))[1] as last_outcome_time,
      bool_or(p.is_last_gone) as is_last_gone,
      sum(p.covered_50)::integer as covered_50, sum(p.covered_80)::integer as covered_80, sum(p.covered_90)::integer as covered_90,
      sum(p.covered_95)::integer as covered_95, sum(p.crps) as crps, sum(p.log_score) as log_score, sum(p.log_scores)::integer as log_scores,
      sum(p.error) as error, sum(p.absolute_error) as absolute_error, sum(p.squared_error) as squared_error, sum(p.squared_return) as squared_return,
      sum(p.directions)::integer as directions, sum(p.directions_correct)::integer as directions_correct,
      sum(p.directions_risen)::integer as directions_risen, sum(p.confidence) as confidence, sum(p.confidences)::integer as confidences,
      sum(p.confidences_true)::integer as confidences_true, sum(p.moves)::integer as moves, sum(p.moves_risen)::integer as moves_risen,
      sum(p.moves_foretold)::integer as moves_foretold, sum(p.moves_correct)::integer as moves_correct, sum(p.weight) as weight,
      sum(p.weights)::integer as weights
    from part p
    group by p.place
  )
  update public.outcome_sums s
  set n = s.n + d.n, first_cutoff = case when s.n + d.n > 0 then coalesce(d.first_cutoff, s.first_cutoff) end,
    first_outcome_time = case when s.n + d.n > 0 then coalesce(d.first_outcome_time, s.first_outcome_time) end,
    last_cutoff = case when s.n + d.n > 0 then case when d.is_last_gone then d.last_cutoff else greatest(s.last_cutoff, d.last_cutoff) end end,
    last_outcome_time = case
      when s.n + d.n = 0 then null
      when s.last_cutoff > d.last_cutoff and not d.is_last_gone then s.last_outcome_time
      else coalesce(d.last_outcome_time, s.last_outcome_time)
    end,
    covered_50 = s.covered_50 + d.covered_50, covered_80 = s.covered_80 + d.covered_80, covered_90 = s.covered_90 + d.covered_90,
    covered_95 = s.covered_95 + d.covered_95, crps = s.crps + d.crps, log_score = s.log_score + d.log_score, log_scores = s.log_scores + d.log_scores,
    error = s.error + d.error, absolute_error = s.absolute_error + d.absolute_error, squared_error = s.squared_error + d.squared_error,
    squared_return = s.squared_return + d.squared_return, directions = s.directions + d.directions,
    directions_correct = s.directions_correct + d.directions_correct, directions_risen = s.directions_risen + d.directions_risen,
    confidence = s.confidence + d.confidence, confidences = s.confidences + d.confidences, confidences_true = s.confidences_true + d.confidences_true,
    moves = s.moves + d.moves, moves_risen = s.moves_risen + d.moves_risen, moves_foretold = s.moves_foretold + d.moves_foretold,
    moves_correct = s.moves_correct + d.moves_correct, weight = s.weight + d.weight, weights = s.weights + d.weights
  from difference d
  where s.ctid = d.place;
end
$$;
comment on function internal.add_outcomes(public.forecast_outcomes[], public.forecast_outcomes[]) is
  'Takes outcomes as they were before a statement out of outcome_sums, and puts them in as they are after it. The statement made one kind of change: what leaves '
  'or enters the latest 30 and 250 beside them is looked up as it is now. That costs the same however many outcomes there are.';
revoke execute on function internal.add_outcomes(public.forecast_outcomes[], public.forecast_outcomes[]) from public;

-- forecasts/functions/crps.sql
-- Scores want the 199 levels 0.005 to 0.995 that every forecast is stored with, ascending. A loop: a query of its own for each forecast takes twice as long.
create or replace function internal.crps(p_quantiles double precision[], p_outcome double precision) returns double precision
language plpgsql immutable strict set search_path = ''
as $$
declare
  v_not_above constant integer := width_bucket(p_outcome, p_quantiles);
  v_loss double precision := 0;
begin
  for v_place in 1 .. v_not_above loop
    v_loss := v_loss + 0.005::double precision * (v_place / 200.0::double precision * (p_outcome - p_quantiles[v_place]));
  end loop;
  for v_place in v_not_above + 1 .. 199 loop
    v_loss := v_loss + 0.005::double precision * ((v_place / 200.0::double precision - 1) * (p_outcome - p_quantiles[v_place]));
  end loop;
  -- Each tail beyond the outermost quantile, scored at its middle.
  v_loss := v_loss + 0.0025::double precision
    * (case when v_not_above >= 1 then 0.00125::double precision else 0.00125::double precision - 1 end * (p_outcome - p_quantiles[1]));
  v_loss := v_loss + 0.0025::double precision
    * (case when v_not_above = 199 then 0.99875::double precision else 0.99875::double precision - 1 end * (p_outcome - p_quantiles[199]));
  return 2 * v_loss;
end
$$;
comment on function internal.crps(double precision[], double precision) is
  'CRPS of a forecast known by its 199 quantiles: twice the integral of the pinball loss over the levels; in the outcome''s unit. '
  'Twin: crpsFromQuantiles (src/shared/scores/crps.ts), compared in test/database/forecast-scores.test.ts.';
revoke execute on function internal.crps(double precision[], double precision) from public;

-- forecasts/functions/internal_score_outcomes.sql
create or replace function internal.score_outcomes() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1.4 seconds';
  v_taken integer;
  v_scored integer;
  v_total integer := 0;
begin
  -- Two at once would score the same twice over.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.score_outcomes')) then
    return 0;
  end if;
  -- Until nothing is due, or its time is over: the next tick goes on.
  loop
    select b.taken, b.scored into v_taken, v_scored from internal.score_due_outcomes(100) b;
    v_total := v_total + v_scored;
    exit when v_taken = 0 or clock_timestamp() > v_until;
  end loop;
  return v_total;
end
$$;
comment on function internal.score_outcomes() is
  'Scores forecasts whose outcome bar is there and was not scored in its stored version, for a second and a half at most; returns how many. '
  'What is left stays in outcomes_due. Repeating it changes nothing; 0 while another is at it.';
revoke execute on function internal.score_outcomes() from public;

-- forecasts/functions/outcome_terms.sql
create or replace function internal.outcome_terms(p_outcomes public.forecast_outcomes[], p_sign integer, p_with_members boolean)
returns setof public.outcome_sums
language plpgsql stable set search_path = '' set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_sign constant numeric := p_sign;
begin
  return query
  select f.symbol_id, f.horizon, f.ensemble, f.config_hash, m.model, 0, p_sign, f.data_cutoff, f.data_cutoff, o.outcome_time, o.outcome_time,
    p_sign * (m.is_whole and o.covered_50)::integer, p_sign * (m.is_whole and o.covered_80)::integer,
    p_sign * (m.is_whole and o.covered_90)::integer, p_sign * (m.is_whole and o.covered_95)::integer,
    case when m.is_whole then v_sign * o.crps::numeric else 0 end,
    case when d.is_dense then v_sign * o.log_score::numeric else 0 end, p_sign * d.is_dense::integer,
    v_sign * m.error, v_sign * abs(m.error), v_sign * m.error * m.error, v_sign * r.realised * r.realised,
    p_sign * d.is_stated::integer, p_sign * (d.is_stated and o.direction_correct)::integer, p_sign * (d.is_stated and r.rises)::integer,
    case when d.is_confident then v_sign * f.confidence::numeric else 0 end, p_sign * d.is_confident::integer,
    p_sign * (d.is_confident and (m.probability_up >= 0.5) = r.rises)::integer,
    p_sign * r.moves::integer, p_sign * (r.moves and r.rises)::integer, p_sign * (r.moves and m.probability_up is not null)::integer,
    p_sign * (r.moves and m.probability_up is not null and (m.probability_up >= 0.5) = r.rises)::integer,
    coalesce(v_sign * m.weight::numeric, 0), p_sign * (m.weight is not null)::integer
  from unnest(p_outcomes) o
  join public.forecasts f on f.id = o.forecast_id
  cross join lateral (
    select 'ensemble' as model, true as is_whole, null::double precision as weight, o.error::numeric as error, f.probability_up
    union all
    select x.part ->> 'name', false, (x.part ->> 'weight')::double precision, ((x.part ->> 'mean')::double precision - o.realised_return)::numeric,
      (x.part ->> 'probability_up')::double precision
    from jsonb_array_elements(f.members) x(part)
    where p_with_members and x.part ->> 'mean' is not null
  ) m
  cross join lateral (
    select o.realised_return::numeric as realised, o.realised_return > 0 as rises, o.realised_return <> 0 as moves
  ) r
  cross join lateral (
    select m.is_whole and o.log_score is not null as is_dense, m.is_whole and o.direction_correct is not null as is_stated,
      m.is_whole and f.confidence is not null as is_confident
  ) d;
end
$$;
comment on function internal.outcome_terms(public.forecast_outcomes[], integer, boolean) is
  'What each outcome adds to outcome_sums (p_sign 1), or takes away (-1): one row for the ensemble and, if asked for, one for each member with a mean. '
  'The one place of what is summed.';
revoke execute on function internal.outcome_terms(public.forecast_outcomes[], integer, boolean) from public;

-- forecasts/functions/pit.sql
create or replace function internal.pit(p_quantiles double precision[], p_outcome double precision) returns double precision
language plpgsql immutable strict set search_path = ''
as $$
declare
  v_not_above constant integer := width_bucket(p_outcome, p_quantiles);
begin
  if p_quantiles[v_not_above] = p_outcome then
    return 0.5::double precision * (array_position(p_quantiles, p_outcome) + v_not_above) / 200;
  end if;
  return case v_not_above
    when 0 then 0.0025::double precision
    when 199 then 0.9975::double precision
    else (v_not_above + (p_outcome - p_quantiles[v_not_above]) / (p_quantiles[v_not_above + 1] - p_quantiles[v_not_above])) / 200
  end;
end
$$;
comment on function internal.pit(double precision[], double precision) is
  'Probability integral transform: the forecast''s probability of an outcome at most as large, linear between its 199 quantiles, which ascend.';
revoke execute on function internal.pit(double precision[], double precision) from public;

-- forecasts/functions/score_due_outcomes.sql
create or replace function internal.score_due_outcomes(p_rows integer, out taken integer, out scored integer)
language plpgsql set search_path = '' set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_gone bigint[];
  v_restated public.forecast_outcomes[];
  v_new public.forecast_outcomes[];
begin
  with due as materialized (
    select d.id, d.symbol_id, d.horizon, internal.timeframe_of(d.horizon) as timeframe, d.since, c.until
    from (select x.* from public.outcomes_due x order by x.id limit p_rows for update skip locked) d
    cross join lateral (
      -- Ten bars at a time: a restated series may have years of forecasts.
      select max(k.data_cutoff) as until
      from (
        select distinct f.data_cutoff from public.forecasts f
        where f.symbol_id = d.symbol_id and f.horizon = d.horizon and f.data_cutoff >= d.since
        order by f.data_cutoff limit 10
      ) k
    ) c
  ), realised as materialized (
    select distinct on (f.id) f.id as forecast_id, f.horizon, f.target_time, f.forecast_return, f.return_quantiles, f.direction,
      n.bar_time as outcome_time, n.close as outcome_close, ln(n.close / cutoff.close) as realised_return,
      greatest(n.ingested_at, cutoff.ingested_at) as bars_stored_at
    from due d
    cross join lateral (
      -- Offset 0: of each by the index; where the series are few the planner would read all forecasts.
      select x.* from public.forecasts x
      where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.data_cutoff between d.since and d.until
      offset 0
    ) f
    left join public.bars cutoff
      on cutoff.symbol_id = f.symbol_id and cutoff.timeframe = d.timeframe and cutoff.bar_time = f.data_cutoff
    left join lateral (
      select b.bar_time, b.close, b.ingested_at
      from public.bars b
      where b.symbol_id = cutoff.symbol_id and b.timeframe = cutoff.timeframe and b.bar_time > cutoff.bar_time
      order by b.bar_time
      limit 1
    ) n on true
  ), outcome as materialized (
    select row(r.forecast_id, r.outcome_time, r.outcome_close,
      -- A day's bar is stamped with its date, half a session's with its start, which has the same date at both places.
      (r.outcome_time at time zone 'UTC')::date = (r.target_time at time zone 'America/New_York')::date
        -- A session has two bars of 4h: the first ends at 13:30, or at 13:00 on a half day.
        and (r.horizon <> '4h' or ((r.outcome_time at time zone 'America/New_York')::time < '13:30')
          = ((r.target_time at time zone 'America/New_York')::time <= '13:30')),
      r.realised_return, r.forecast_return - r.realised_return, abs(r.forecast_return - r.realised_return),
      internal.crps(q.quantiles, r.realised_return), internal.log_score(q.quantiles, r.realised_return),
      internal.pit(q.quantiles, r.realised_return),
      internal.is_covered(q.quantiles, r.realised_return, 50), internal.is_covered(q.quantiles, r.realised_return, 80),
      internal.is_covered(q.quantiles, r.realised_return, 90), internal.is_covered(q.quantiles, r.realised_return, 95),
      case when r.realised_return <> 0 and r.direction <> 'neutral' then (r.realised_return > 0) = (r.direction = 'bullish') end,
      r.bars_stored_at, now())::public.forecast_outcomes as scored, o.forecast_id is not null as is_restated
    from realised r
    left join public.forecast_outcomes o on o.forecast_id = r.forecast_id
    cross join lateral (
      -- Offset 0, and a slice: they are fetched once, and not anew for each score.
      select r.return_quantiles[:] as quantiles
      offset 0
    ) q
    where r.outcome_time is not null and (o.outcome_time, o.bars_stored_at) is distinct from (r.outcome_time, r.bars_stored_at)
      and cardinality(r.return_quantiles) = 199
  ), left_over as materialized (
    select d.id, f.data_cutoff as since
    from due d
    cross join lateral (
      select x.data_cutoff from public.forecasts x
      where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.data_cutoff > d.until
      order by x.data_cutoff limit 1
    ) f
  ), moved_on as (
    update public.outcomes_due x set since = l.since from left_over l where x.id = l.id
  ), done as (
    delete from public.outcomes_due x using due d where x.id = d.id and not exists (select from left_over l where l.id = d.id)
  )
  select (select count(*) from due),
    -- A restated series may lack a bar that an outcome was scored on.
    (select array_agg(r.forecast_id) from realised r where r.outcome_time is null),
    (select array_agg(o.scored) from outcome o where o.is_restated),
    (select array_agg(o.scored) from outcome o where not o.is_restated)
  into taken, v_gone, v_restated, v_new;

  -- One kind of change at a time: triggers keep sums of what changed. None fires for nothing.
  if v_gone is not null then
    delete from public.forecast_outcomes o where o.forecast_id = any (v_gone);
  end if;
  if v_restated is not null then
    update public.forecast_outcomes o set
      outcome_time = n.outcome_time, outcome_close = n.outcome_close, is_target_session = n.is_target_session, realised_return = n.realised_return,
      error = n.error, absolute_error = n.absolute_error, crps = n.crps, log_score = n.log_score, pit = n.pit, covered_50 = n.covered_50,
      covered_80 = n.covered_80, covered_90 = n.covered_90, covered_95 = n.covered_95, direction_correct = n.direction_correct,
      bars_stored_at = n.bars_stored_at, scored_at = n.scored_at
    from unnest(v_restated) n
    where o.forecast_id = n.forecast_id;
  end if;
  if v_new is not null then
    insert into public.forecast_outcomes
    select n.* from unnest(v_new) n
    where exists (select from public.forecasts f where f.id = n.forecast_id);
  end if;
  scored := coalesce(cardinality(v_restated), 0) + coalesce(cardinality(v_new), 0);
end
$$;
comment on function internal.score_due_outcomes(integer) is
  'Scores the forecasts of the first p_rows rows of outcomes_due, of each those of ten bars at most; returns how many rows it took (0: none is '
  'due) and how many forecasts were scored.';
revoke execute on function internal.score_due_outcomes(integer) from public;

-- forecasts/views/vw_forecast_quality.sql
create or replace view public.vw_forecast_quality with (security_invoker = true) as
select
  r.symbol,
  s.horizon,
  s.ensemble,
  s.config_hash,
  nullif(s.latest, 0) as latest,
  s.n,
  s.first_outcome_time,
  s.last_outcome_time,
  s.covered_50 / s.n::double precision as coverage_50,
  s.covered_80 / s.n::double precision as coverage_80,
  s.covered_90 / s.n::double precision as coverage_90,
  s.covered_95 / s.n::double precision as coverage_95,
  s.crps::double precision / s.n as mean_crps,
  s.log_score::double precision / nullif(s.log_scores, 0) as mean_log_score,
  s.error::double precision / s.n as mean_error,
  s.absolute_error::double precision / s.n as mean_absolute_error,
  sqrt(s.squared_error::double precision / s.n) as rmse,
  sqrt(s.squared_return::double precision / s.n) as no_change_rmse,
  s.directions as n_directions,
  s.directions_correct / nullif(s.directions, 0)::double precision as directional_accuracy,
  s.directions_risen / nullif(s.directions, 0)::double precision as base_rate,
  s.confidence::double precision / nullif(s.confidences, 0) as mean_confidence,
  s.confidences_true / nullif(s.confidences, 0)::double precision as confidence_came_true
-- Sums become double precision before they are divided: numeric divides slowly. The registry's symbol: who asks for one looks at no other's sums.
from public.symbols r
join public.outcome_sums s on s.symbol_id = r.id
where s.model = 'ensemble' and s.n > 0;
comment on view public.vw_forecast_quality is
  'How forecasts came true, by symbol, horizon, ensemble and configuration: of the latest 30 and 250 outcomes, and of all (latest null).';
comment on column public.vw_forecast_quality.symbol is 'Ticker.';
comment on column public.vw_forecast_quality.horizon is 'Horizon.';
comment on column public.vw_forecast_quality.ensemble is 'candidate or baseline.';
comment on column public.vw_forecast_quality.config_hash is 'Configuration the forecasts were made with.';
comment on column public.vw_forecast_quality.latest is 'Of how many outcomes at most, the latest: 30, 250, or null for all.';
comment on column public.vw_forecast_quality.n is 'Of how many there are: read every share beside it.';
comment on column public.vw_forecast_quality.first_outcome_time is 'Bar of the earliest outcome, UTC.';
comment on column public.vw_forecast_quality.last_outcome_time is 'Bar of the latest outcome, UTC.';
comment on column public.vw_forecast_quality.coverage_50 is 'Share of returns within the 50 % interval; 0.50 when calibrated.';
comment on column public.vw_forecast_quality.coverage_80 is 'Share of returns within the 80 % interval; 0.80 when calibrated.';
comment on column public.vw_forecast_quality.coverage_90 is 'Share of returns within the 90 % interval; 0.90 when calibrated.';
comment on column public.vw_forecast_quality.coverage_95 is 'Share of returns within the 95 % interval; 0.95 when calibrated.';
comment on column public.vw_forecast_quality.mean_crps is 'Mean CRPS, a log return; smaller is better.';
comment on column public.vw_forecast_quality.mean_log_score is 'Mean log score; smaller is better.';
comment on column public.vw_forecast_quality.mean_error is 'Mean of forecast less outcome, a log return.';
comment on column public.vw_forecast_quality.mean_absolute_error is 'Mean size of the error, a log return.';
comment on column public.vw_forecast_quality.rmse is 'Root mean squared error, a log return.';
comment on column public.vw_forecast_quality.no_change_rmse is 'The same of "no change".';
comment on column public.vw_forecast_quality.n_directions is 'Outcomes with a stated direction and a move.';
comment on column public.vw_forecast_quality.directional_accuracy is
  'Share of them whose direction came true; compare with base_rate, never with one half. Null when there is none.';
comment on column public.vw_forecast_quality.base_rate is 'Share of them that rose: what always saying bullish would have had.';
comment on column public.vw_forecast_quality.mean_confidence is 'Mean confidence of the forecasts.';
comment on column public.vw_forecast_quality.confidence_came_true is
  'Share of them whose likelier side came true: mean_confidence when confidence is calibrated.';

revoke all on public.vw_forecast_quality from anon, authenticated, service_role;
grant select on public.vw_forecast_quality to authenticated, service_role;

-- validation/views/vw_model_performance.sql
create or replace view public.vw_model_performance with (security_invoker = true) as
select
  p.*,
  p.rmse / nullif(p.no_change_rmse, 0) as rmse_to_no_change
from (
  select
    -- The registry's: who asks for one symbol looks at no other's sums.
    r.symbol,
    s.horizon,
    s.ensemble,
    s.config_hash,
    s.model,
    s.n,
    s.last_outcome_time,
    s.weight::double precision / nullif(s.weights, 0) as mean_weight,
    sqrt(s.squared_error::double precision / s.n) as rmse,
    sqrt(s.squared_return::double precision / s.n) as no_change_rmse,
    s.error::double precision / s.n as mean_error,
    s.moves_correct / nullif(s.moves_foretold, 0)::double precision as directional_accuracy,
    s.moves_risen / nullif(s.moves, 0)::double precision as base_rate,
    case when s.model = 'ensemble' then s.crps::double precision / s.n end as mean_crps,
    case when s.model = 'ensemble' then s.covered_90 / s.n::double precision end as coverage_90
  from public.symbols r
  join public.outcome_sums s on s.symbol_id = r.id
  where s.latest = 0 and s.n > 0
) p;
comment on view public.vw_model_performance is
  'How ensembles and each of their members forecast what came true, by symbol, horizon and configuration. Measured on outcomes only: of a '
  'member''s distribution the mean and the probability of a rise are stored, so it has no CRPS and no coverage.';
comment on column public.vw_model_performance.symbol is 'Ticker.';
comment on column public.vw_model_performance.horizon is 'Horizon.';
comment on column public.vw_model_performance.ensemble is 'candidate or baseline.';
comment on column public.vw_model_performance.config_hash is 'Its configuration.';
comment on column public.vw_model_performance.model is 'ensemble, or the member: LSTM, ARIMA_GARCH, GB, TRANSFORMER.';
comment on column public.vw_model_performance.n is 'Forecasts of it that have come true.';
comment on column public.vw_model_performance.last_outcome_time is 'bar_time of the last one''s outcome, UTC.';
comment on column public.vw_model_performance.mean_weight is 'The member''s mean weight; null for the ensemble.';
comment on column public.vw_model_performance.rmse is 'RMSE of its mean, of log returns; a fraction.';
comment on column public.vw_model_performance.no_change_rmse is 'The same of forecasting no change.';
comment on column public.vw_model_performance.mean_error is 'Mean of forecast less realised return.';
comment on column public.vw_model_performance.directional_accuracy is 'Share of the sessions with a move whose sign was the likelier one; compare with base_rate.';
comment on column public.vw_model_performance.base_rate is 'Share of them that rose.';
comment on column public.vw_model_performance.mean_crps is 'Mean CRPS, a log return; null for a member.';
comment on column public.vw_model_performance.coverage_90 is 'Share that fell into the 90 % interval; null for a member.';
comment on column public.vw_model_performance.rmse_to_no_change is 'rmse by no_change_rmse: below 1 it beat no change.';

revoke all on public.vw_model_performance from anon, authenticated, service_role;
grant select on public.vw_model_performance to authenticated, service_role;

-- validation/views/vw_rmse_against_baseline.sql
create or replace view public.vw_rmse_against_baseline with (security_invoker = true) as
select
  p.*,
  p.candidate_rmse / nullif(p.baseline_rmse, 0) as rmse_ratio,
  p.candidate_crps / nullif(p.baseline_crps, 0) as crps_ratio
from (
  select
    -- The registry's: who asks for one symbol looks at no other's sums.
    r.symbol,
    s.horizon,
    s.candidate_hash,
    s.baseline_hash,
    s.n,
    s.first_outcome_time,
    s.last_outcome_time,
    sqrt(s.candidate_squared_error::double precision / s.n) as candidate_rmse,
    sqrt(s.baseline_squared_error::double precision / s.n) as baseline_rmse,
    sqrt(s.squared_return::double precision / s.n) as no_change_rmse,
    s.candidate_crps::double precision / s.n as candidate_crps,
    s.baseline_crps::double precision / s.n as baseline_crps
  from public.ensembles c
  join public.ensembles b on b.ensemble = 'baseline'
  cross join public.symbols r
  join public.outcome_pair_sums s on s.symbol_id = r.id and s.candidate_hash = c.config_hash and s.baseline_hash = b.config_hash
  where c.ensemble = 'candidate' and s.n > 0
) p;
comment on view public.vw_rmse_against_baseline is
  'Candidate against baseline, as they are configured now: forecasts of both from the same bar that have come true, by symbol and horizon.';
comment on column public.vw_rmse_against_baseline.symbol is 'Ticker.';
comment on column public.vw_rmse_against_baseline.horizon is 'Horizon.';
comment on column public.vw_rmse_against_baseline.candidate_hash is 'config_hash of the candidate.';
comment on column public.vw_rmse_against_baseline.baseline_hash is 'config_hash of the baseline.';
comment on column public.vw_rmse_against_baseline.n is 'Pairs of forecasts.';
comment on column public.vw_rmse_against_baseline.first_outcome_time is 'bar_time of the first one''s outcome, UTC.';
comment on column public.vw_rmse_against_baseline.last_outcome_time is 'bar_time of the last one''s outcome, UTC.';
comment on column public.vw_rmse_against_baseline.candidate_rmse is 'RMSE of the candidate''s mean, of log returns; a fraction.';
comment on column public.vw_rmse_against_baseline.baseline_rmse is 'The same of the baseline.';
comment on column public.vw_rmse_against_baseline.no_change_rmse is 'The same of forecasting no change.';
comment on column public.vw_rmse_against_baseline.candidate_crps is 'Mean CRPS of the candidate, a log return.';
comment on column public.vw_rmse_against_baseline.baseline_crps is 'The same of the baseline.';
comment on column public.vw_rmse_against_baseline.rmse_ratio is 'candidate_rmse by baseline_rmse: below 1 the candidate was better. No interval: a few pairs say little.';
comment on column public.vw_rmse_against_baseline.crps_ratio is 'candidate_crps by baseline_crps.';

revoke all on public.vw_rmse_against_baseline from anon, authenticated, service_role;
grant select on public.vw_rmse_against_baseline to authenticated, service_role;

-- rollout-evidence/functions/add_series_shares.sql
create or replace function internal.add_series_shares(p_shares public.pair_sums_by_series[]) returns void
language plpgsql set search_path = '' set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off
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

-- rollout-evidence/functions/series_share.sql
create or replace function internal.series_share(p_pair public.forecast_pairs, p_sign integer) returns public.pair_sums_by_series
language plpgsql immutable set search_path = ''
as $$
declare
  v_pairs constant integer := (p_pair.baseline_id is not null)::integer;
begin
  return (p_pair.rollout_id, p_pair.stage, p_pair.symbol_id, p_pair.horizon, p_sign, p_sign * v_pairs,
    p_sign * v_pairs * p_pair.candidate_error::numeric * p_pair.candidate_error::numeric,
    p_sign * v_pairs * coalesce(p_pair.baseline_error, 0)::numeric * coalesce(p_pair.baseline_error, 0)::numeric,
    p_sign * v_pairs * p_pair.candidate_crps::numeric, p_sign * v_pairs * coalesce(p_pair.baseline_crps, 0)::numeric,
    p_sign * p_pair.candidate_covered[3]::integer)::public.pair_sums_by_series;
end
$$;
comment on function internal.series_share(public.forecast_pairs, integer) is
  'What a pair adds to pair_sums_by_series (p_sign 1), or takes away again (-1).';
revoke execute on function internal.series_share(public.forecast_pairs, integer) from public;

-- rollout-evidence/triggers/register_pairs.sql
create or replace function internal.register_pairs() returns trigger
language plpgsql set search_path = '' set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v public.rollouts;
begin
  select r.* into v from public.rollouts r order by r.id desc limit 1;
  if v.id is null then
    return null;
  end if;
  with scored as (
    -- Both forecasts from the bar, whichever of them was scored.
    select distinct f.symbol_id, f.horizon, f.data_cutoff
    from changed n
    cross join lateral (
      -- Offset 0: of each by its id, however few the planner expects; else it would look through all that changed for each forecast.
      select x.* from public.forecasts x where x.id = n.forecast_id offset 0
    ) f
    join public.rollout_symbols m on m.rollout_id = v.id and m.symbol_id = f.symbol_id and f.horizon = any (m.horizons)
    where f.config_hash = case f.ensemble when 'candidate' then v.candidate_hash else v.baseline_hash end
      and f.issued_at >= v.stage_started_at and f.issued_at <= coalesce(v.ended_at, 'infinity')
  )
  insert into public.forecast_pairs as p (
    candidate_id, baseline_id, rollout_id, stage, symbol_id, horizon, data_cutoff, outcome_time, issued_at, candidate_error, candidate_crps,
    candidate_covered, baseline_error, baseline_crps)
  select c.id, b.id, v.id, v.stage, c.symbol_id, c.horizon, c.data_cutoff, o.outcome_time, greatest(c.issued_at, b.issued_at), o.error, o.crps,
    array[o.covered_50, o.covered_80, o.covered_90, o.covered_95], b.error, b.crps
  from scored s
  join public.forecasts c
    on c.symbol_id = s.symbol_id and c.horizon = s.horizon and c.ensemble = 'candidate' and c.config_hash = v.candidate_hash
    and c.data_cutoff = s.data_cutoff and c.issued_at >= v.stage_started_at and c.issued_at <= coalesce(v.ended_at, 'infinity')
  join public.forecast_outcomes o on o.forecast_id = c.id
  left join lateral (
    select f.id, f.issued_at, x.error, x.crps
    from public.forecasts f
    join public.forecast_outcomes x on x.forecast_id = f.id
    where f.symbol_id = s.symbol_id and f.horizon = s.horizon and f.ensemble = 'baseline' and f.config_hash = v.baseline_hash
      and f.data_cutoff = s.data_cutoff and f.issued_at >= v.stage_started_at and f.issued_at <= coalesce(v.ended_at, 'infinity')
      and x.outcome_time = o.outcome_time
  ) b on true
  on conflict (candidate_id) do update set
    baseline_id = excluded.baseline_id, rollout_id = excluded.rollout_id, stage = excluded.stage, outcome_time = excluded.outcome_time,
    issued_at = excluded.issued_at, candidate_error = excluded.candidate_error, candidate_crps = excluded.candidate_crps,
    candidate_covered = excluded.candidate_covered, baseline_error = excluded.baseline_error, baseline_crps = excluded.baseline_crps,
    compared_at = null;
  return null;
end
$$;
comment on function internal.register_pairs() is
  'Trigger: forecasts of the latest rollout''s stage that were scored, issued before it ended, enter forecast_pairs, to be compared (anew).';
revoke execute on function internal.register_pairs() from public;

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
-- Rounded in double precision: round() would make a numeric of each figure first, which takes longer than to compute it.
select p.symbol, p.horizon, p.ensemble, p.model, p.n, floor(1000 * p.mean_weight + 0.5) / 1000 as mean_weight, p.rmse,
  floor(10000 * p.rmse_to_no_change + 0.5) / 10000 as rmse_to_no_change, p.mean_error, floor(1000 * p.directional_accuracy + 0.5) / 1000 as directional_accuracy,
  floor(1000 * p.base_rate + 0.5) / 1000 as base_rate, p.mean_crps, floor(1000 * p.coverage_90 + 0.5) / 1000 as coverage_90, p.last_outcome_time
from public.vw_model_performance p
join public.ensembles e on e.ensemble = p.ensemble and e.config_hash = p.config_hash
order by p.symbol, p.horizon, p.ensemble, p.model <> 'ensemble', p.model;
$query$),
  ('forecast-quality', $query$-- Do the intervals hold what they promise, and how good are the forecasts? Of the latest 30 and 250 outcomes, and of all (latest is null).
-- Rounded in double precision: round() would make a numeric of each figure first, which takes longer than to compute it.
select q.symbol, q.horizon, q.ensemble, q.latest, q.n, floor(1000 * q.coverage_50 + 0.5) / 1000 as coverage_50,
  floor(1000 * q.coverage_80 + 0.5) / 1000 as coverage_80, floor(1000 * q.coverage_90 + 0.5) / 1000 as coverage_90,
  floor(1000 * q.coverage_95 + 0.5) / 1000 as coverage_95, q.mean_crps, q.rmse, q.no_change_rmse,
  floor(1000 * q.directional_accuracy + 0.5) / 1000 as directional_accuracy, floor(1000 * q.base_rate + 0.5) / 1000 as base_rate
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

-- It takes a sign now, and leaves members out where nobody asks for them.
drop function internal.outcome_terms(public.forecast_outcomes[]);

-- Changed in place again and again: room for the next version of a row on its page.
alter table public.pair_sums_by_series set (fillfactor = 60);
