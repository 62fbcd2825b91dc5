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
