create or replace function internal.add_outcomes(p_before public.forecast_outcomes[], p_after public.forecast_outcomes[]) returns void
language plpgsql set search_path = '' set jit = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_before public.outcome_sums[];
  v_after public.outcome_sums[];
begin
  select array_agg(t) into v_before from internal.outcome_terms(p_before) t;
  select array_agg(t) into v_after from internal.outcome_terms(p_after) t;

  insert into public.outcome_sums (symbol_id, horizon, ensemble, config_hash, model, latest)
  select distinct t.symbol_id, t.horizon, t.ensemble, t.config_hash, t.model, w.latest
  from unnest(v_after) t
  join (values (0), (30), (250)) w(latest) on w.latest = 0 or t.model = 'ensemble'
  order by 1, 2, 3, 4, 5, 6
  on conflict do nothing;

  -- Who else changes outcomes of these symbols and horizons comes before or after, and not between.
  perform from public.outcome_sums s
  where s.model = 'ensemble' and s.latest = 0 and (s.symbol_id, s.horizon) in (
    select t.symbol_id, t.horizon from unnest(v_before) t union select t.symbol_id, t.horizon from unnest(v_after) t)
  order by s.symbol_id, s.horizon, s.ensemble, s.config_hash
  for update;

  with change as materialized (
    select -1 as sign, t.symbol_id, t.horizon, t.ensemble, t.config_hash, t.model, t.first_cutoff as data_cutoff, t as terms from unnest(v_before) t
    union all
    select 1, t.symbol_id, t.horizon, t.ensemble, t.config_hash, t.model, t.first_cutoff, t from unnest(v_after) t
  ), touched as materialized (
    select s.symbol_id, s.horizon, s.ensemble, s.config_hash, s.model, s.latest, s.first_cutoff, s.last_cutoff, k.since,
      s.n + coalesce(sum(c.sign) filter (where c.data_cutoff >= k.since), 0)::integer as n,
      min(c.data_cutoff) as earliest, max(c.data_cutoff) as furthest,
      max(c.data_cutoff) filter (where c.sign = -1) = s.last_cutoff
        and s.last_cutoff > coalesce(max(c.data_cutoff) filter (where c.sign = 1), '-infinity') as is_last_gone,
      array_agg(c.sign) as signs, array_agg(c.terms) as terms
    from change c
    join public.outcome_sums s
      on s.symbol_id = c.symbol_id and s.horizon = c.horizon and s.ensemble = c.ensemble and s.config_hash = c.config_hash and s.model = c.model
    cross join lateral (
      -- A row that is full has the outcomes from its first cutoff on, any other one all.
      select case when s.n = nullif(s.latest, 0) then s.first_cutoff else '-infinity' end as since
    ) k
    group by s.symbol_id, s.horizon, s.ensemble, s.config_hash, s.model, s.latest, k.since
  ), resized as materialized (
    select t.*, case when t.latest > 0 then greatest(t.n - t.latest, 0) else 0 end as too_many,
      case when t.since > '-infinity' then greatest(t.latest - t.n, 0) else 0 end as too_few
    from touched t
  ), walked as materialized (
    -- From the first on: those that are too many, and the one that is the first then.
    select r.symbol_id, r.horizon, r.ensemble, r.config_hash, r.model, r.latest, case when w.place > r.too_many then 0 else -1 end as sign,
      w.data_cutoff, w.outcome_time, w.outcome
    from resized r
    cross join lateral (
      select row_number() over (order by f.data_cutoff) as place, f.data_cutoff, o.outcome_time, o as outcome
      from public.forecasts f
      join public.forecast_outcomes o on o.forecast_id = f.id
      where f.symbol_id = r.symbol_id and f.horizon = r.horizon and f.ensemble = r.ensemble and f.config_hash = r.config_hash
        and f.data_cutoff >= case when r.since > '-infinity' then r.since else least(r.first_cutoff, r.earliest) end
        and (r.model = 'ensemble' or exists (select from internal.outcome_terms(array[o]) t where t.model = r.model))
      order by f.data_cutoff
      limit case when r.too_many > 0 or r.first_cutoff is null or r.earliest <= r.first_cutoff then r.too_many + 1 else 0 end
    ) w
    union all
    -- As many from before the first as it lacks.
    select r.symbol_id, r.horizon, r.ensemble, r.config_hash, r.model, r.latest, 1, w.data_cutoff, w.outcome_time, w.outcome
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
  ), part as (
    select r.symbol_id, r.horizon, r.ensemble, r.config_hash, r.model, r.latest, c.sign, c.terms, null::timestamptz as first_cutoff,
      null::timestamptz as first_outcome_time, coalesce(r.is_last_gone, false) as is_last_gone,
      case when c.sign = 1 then (c.terms).last_cutoff end as last_cutoff,
      case when c.sign = 1 then (c.terms).last_outcome_time end as last_outcome_time
    from resized r
    cross join lateral (select unnest(r.signs) as sign, unnest(r.terms) as terms) c
    where (c.terms).first_cutoff >= r.since
    union all
    select w.symbol_id, w.horizon, w.ensemble, w.config_hash, w.model, w.latest, w.sign, t, case when w.sign >= 0 then w.data_cutoff end,
      case when w.sign >= 0 then w.outcome_time end, false, null, null
    from walked w
    join internal.outcome_terms((select array_agg(distinct x.outcome) from walked x)) t
      on t.symbol_id = w.symbol_id and t.horizon = w.horizon and t.ensemble = w.ensemble and t.config_hash = w.config_hash and t.model = w.model
      and t.first_cutoff = w.data_cutoff
    union all
    select r.symbol_id, r.horizon, r.ensemble, r.config_hash, r.model, r.latest, 0, null, null, null, true, w.data_cutoff, w.outcome_time
    from resized r
    cross join lateral (
      select f.data_cutoff, o.outcome_time
      from public.forecasts f
      join public.forecast_outcomes o on o.forecast_id = f.id
      where f.symbol_id = r.symbol_id and f.horizon = r.horizon and f.ensemble = r.ensemble and f.config_hash = r.config_hash
        and f.data_cutoff < r.last_cutoff
        and (r.model = 'ensemble' or exists (select from internal.outcome_terms(array[o]) t where t.model = r.model))
      order by f.data_cutoff desc
      limit case when r.is_last_gone then 1 else 0 end
    ) w
  ), difference as (
    select x.symbol_id, x.horizon, x.ensemble, x.config_hash, x.model, x.latest, sum(x.sign)::integer as n,
      min(x.first_cutoff) as first_cutoff, (array_agg(x.first_outcome_time order by x.first_cutoff))[1] as first_outcome_time,
      max(x.last_cutoff) as last_cutoff, (array_agg(x.last_outcome_time order by x.last_cutoff desc nulls last))[1] as last_outcome_time,
      bool_or(x.is_last_gone) as is_last_gone,
      sum(x.sign * (x.terms).covered_50)::integer as covered_50, sum(x.sign * (x.terms).covered_80)::integer as covered_80,
      sum(x.sign * (x.terms).covered_90)::integer as covered_90, sum(x.sign * (x.terms).covered_95)::integer as covered_95,
      sum(x.sign * (x.terms).crps) as crps, sum(x.sign * (x.terms).log_score) as log_score,
      sum(x.sign * (x.terms).log_scores)::integer as log_scores, sum(x.sign * (x.terms).error) as error,
      sum(x.sign * (x.terms).absolute_error) as absolute_error, sum(x.sign * (x.terms).squared_error) as squared_error,
      sum(x.sign * (x.terms).squared_return) as squared_return, sum(x.sign * (x.terms).directions)::integer as directions,
      sum(x.sign * (x.terms).directions_correct)::integer as directions_correct,
      sum(x.sign * (x.terms).directions_risen)::integer as directions_risen, sum(x.sign * (x.terms).confidence) as confidence,
      sum(x.sign * (x.terms).confidences)::integer as confidences, sum(x.sign * (x.terms).confidences_true)::integer as confidences_true,
      sum(x.sign * (x.terms).moves)::integer as moves, sum(x.sign * (x.terms).moves_risen)::integer as moves_risen,
      sum(x.sign * (x.terms).moves_foretold)::integer as moves_foretold, sum(x.sign * (x.terms).moves_correct)::integer as moves_correct,
      sum(x.sign * (x.terms).weight) as weight, sum(x.sign * (x.terms).weights)::integer as weights
    from part x
    group by x.symbol_id, x.horizon, x.ensemble, x.config_hash, x.model, x.latest
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
    covered_95 = s.covered_95 + d.covered_95, crps = s.crps + d.crps, log_score = s.log_score + d.log_score,
    log_scores = s.log_scores + d.log_scores, error = s.error + d.error, absolute_error = s.absolute_error + d.absolute_error,
    squared_error = s.squared_error + d.squared_error, squared_return = s.squared_return + d.squared_return,
    directions = s.directions + d.directions, directions_correct = s.directions_correct + d.directions_correct,
    directions_risen = s.directions_risen + d.directions_risen, confidence = s.confidence + d.confidence,
    confidences = s.confidences + d.confidences, confidences_true = s.confidences_true + d.confidences_true, moves = s.moves + d.moves,
    moves_risen = s.moves_risen + d.moves_risen, moves_foretold = s.moves_foretold + d.moves_foretold,
    moves_correct = s.moves_correct + d.moves_correct, weight = s.weight + d.weight, weights = s.weights + d.weights
  from difference d
  where s.symbol_id = d.symbol_id and s.horizon = d.horizon and s.ensemble = d.ensemble and s.config_hash = d.config_hash and s.model = d.model
    and s.latest = d.latest;
end
$$;
comment on function internal.add_outcomes(public.forecast_outcomes[], public.forecast_outcomes[]) is
  'Takes outcomes as they were before a statement out of outcome_sums, and puts them in as they are after it. The statement made one kind of change: what leaves '
  'or enters the latest 30 and 250 beside them is looked up as it is now. That costs the same however many outcomes there are.';
revoke execute on function internal.add_outcomes(public.forecast_outcomes[], public.forecast_outcomes[]) from public;
