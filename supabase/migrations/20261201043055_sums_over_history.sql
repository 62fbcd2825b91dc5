-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- forecasts/tables/outcome_pair_sums.sql
create table public.outcome_pair_sums (
  symbol_id bigint not null references public.symbols (id) on delete cascade,
  horizon text not null,
  candidate_hash text not null,
  baseline_hash text not null,
  n integer not null default 0,
  first_cutoff timestamptz,
  last_cutoff timestamptz,
  first_outcome_time timestamptz,
  last_outcome_time timestamptz,
  candidate_squared_error numeric not null default 0,
  baseline_squared_error numeric not null default 0,
  squared_return numeric not null default 0,
  candidate_crps numeric not null default 0,
  baseline_crps numeric not null default 0,
  primary key (symbol_id, horizon, candidate_hash, baseline_hash),
  constraint outcome_pair_sums_n_is_a_count check (n >= 0),
  constraint outcome_pair_sums_ends_are_those_of_pairs check (
    num_nulls(first_cutoff, last_cutoff, first_outcome_time, last_outcome_time) = case when n = 0 then 4 else 0 end
  )
) with (fillfactor = 60);
comment on table public.outcome_pair_sums is
  'What vw_rmse_against_baseline divides: sums over pairs of forecasts, candidate and baseline from the same bar, that have both come true, of every two '
  'configurations that have such pairs. Kept by triggers of forecast_outcomes; numeric, as outcome_sums.';
comment on column public.outcome_pair_sums.symbol_id is 'The symbol.';
comment on column public.outcome_pair_sums.horizon is 'Horizon.';
comment on column public.outcome_pair_sums.candidate_hash is 'config_hash of the candidate''s forecasts.';
comment on column public.outcome_pair_sums.baseline_hash is 'config_hash of the baseline''s.';
comment on column public.outcome_pair_sums.n is 'Pairs.';
comment on column public.outcome_pair_sums.first_cutoff is 'data_cutoff of the earliest pair, UTC; null for none.';
comment on column public.outcome_pair_sums.last_cutoff is 'data_cutoff of the latest, UTC.';
comment on column public.outcome_pair_sums.first_outcome_time is 'Outcome bar of the earliest, UTC.';
comment on column public.outcome_pair_sums.last_outcome_time is 'Outcome bar of the latest, UTC.';
comment on column public.outcome_pair_sums.candidate_squared_error is 'Sum of the candidate''s squared errors.';
comment on column public.outcome_pair_sums.baseline_squared_error is 'The same of the baseline.';
comment on column public.outcome_pair_sums.squared_return is 'Sum of squared returns: the squared errors of "no change".';
comment on column public.outcome_pair_sums.candidate_crps is 'Sum of the candidate''s CRPS.';
comment on column public.outcome_pair_sums.baseline_crps is 'The same of the baseline.';

alter table public.outcome_pair_sums enable row level security;
create policy outcome_pair_sums_are_read_by_users on public.outcome_pair_sums for select to authenticated using (true);
revoke all on public.outcome_pair_sums from anon, authenticated, service_role;
grant select on public.outcome_pair_sums to authenticated, service_role;

-- forecasts/tables/outcome_sums.sql
-- Reports over history read sums, so that they take as long after ten years as on the first day. Sums are numeric: exact, in any order, and what was added can be
-- subtracted again.
create table public.outcome_sums (
  symbol_id bigint not null references public.symbols (id) on delete cascade,
  horizon text not null,
  ensemble text not null,
  config_hash text not null,
  model text not null,
  latest integer not null,
  n integer not null default 0,
  first_cutoff timestamptz,
  last_cutoff timestamptz,
  first_outcome_time timestamptz,
  last_outcome_time timestamptz,
  covered_50 integer not null default 0,
  covered_80 integer not null default 0,
  covered_90 integer not null default 0,
  covered_95 integer not null default 0,
  crps numeric not null default 0,
  log_score numeric not null default 0,
  log_scores integer not null default 0,
  error numeric not null default 0,
  absolute_error numeric not null default 0,
  squared_error numeric not null default 0,
  squared_return numeric not null default 0,
  directions integer not null default 0,
  directions_correct integer not null default 0,
  directions_risen integer not null default 0,
  confidence numeric not null default 0,
  confidences integer not null default 0,
  confidences_true integer not null default 0,
  moves integer not null default 0,
  moves_risen integer not null default 0,
  moves_foretold integer not null default 0,
  moves_correct integer not null default 0,
  weight numeric not null default 0,
  weights integer not null default 0,
  primary key (symbol_id, horizon, ensemble, config_hash, model, latest),
  constraint outcome_sums_latest_known check (latest = 0 or model = 'ensemble' and latest in (30, 250)),
  constraint outcome_sums_n_is_of_the_latest check (n >= 0 and (latest = 0 or n <= latest)),
  constraint outcome_sums_ends_are_those_of_rows check (
    num_nulls(first_cutoff, last_cutoff, first_outcome_time, last_outcome_time) = case when n = 0 then 4 else 0 end
  )
-- Changed in place again and again: room for the next version of a row on its page.
) with (fillfactor = 60);
comment on table public.outcome_sums is
  'What vw_forecast_quality and vw_model_performance divide: sums over forecasts that have come true, kept by triggers of forecast_outcomes. '
  'internal.recount_outcomes counts them anew.';
comment on column public.outcome_sums.symbol_id is 'The symbol.';
comment on column public.outcome_sums.horizon is 'Horizon.';
comment on column public.outcome_sums.ensemble is 'candidate or baseline.';
comment on column public.outcome_sums.config_hash is 'Configuration the forecasts were made with.';
comment on column public.outcome_sums.model is 'ensemble, or the name of a member.';
comment on column public.outcome_sums.latest is 'Of how many outcomes at most, those of the latest cutoffs: 30, 250, or 0 for all. A member has all only.';
comment on column public.outcome_sums.n is 'Of how many there are.';
comment on column public.outcome_sums.first_cutoff is 'data_cutoff of the earliest of these forecasts, UTC; null for none.';
comment on column public.outcome_sums.last_cutoff is 'data_cutoff of the latest, UTC.';
comment on column public.outcome_sums.first_outcome_time is 'Outcome bar of the earliest, UTC.';
comment on column public.outcome_sums.last_outcome_time is 'Outcome bar of the latest, UTC.';
comment on column public.outcome_sums.covered_50 is 'Returns within the 50 % interval; 0 for a member, as all that only the ensemble has.';
comment on column public.outcome_sums.covered_80 is 'Returns within the 80 % interval.';
comment on column public.outcome_sums.covered_90 is 'Returns within the 90 % interval.';
comment on column public.outcome_sums.covered_95 is 'Returns within the 95 % interval.';
comment on column public.outcome_sums.crps is 'Sum of CRPS.';
comment on column public.outcome_sums.log_score is 'Sum of log scores.';
comment on column public.outcome_sums.log_scores is 'How many have one.';
comment on column public.outcome_sums.error is 'Sum of errors, forecast less outcome.';
comment on column public.outcome_sums.absolute_error is 'Sum of their sizes.';
comment on column public.outcome_sums.squared_error is 'Sum of their squares.';
comment on column public.outcome_sums.squared_return is 'Sum of squared returns: the squared errors of "no change".';
comment on column public.outcome_sums.directions is 'Outcomes with a stated direction and a move.';
comment on column public.outcome_sums.directions_correct is 'How many of these directions came true.';
comment on column public.outcome_sums.directions_risen is 'How many of these returns were above 0.';
comment on column public.outcome_sums.confidence is 'Sum of confidences.';
comment on column public.outcome_sums.confidences is 'How many have one.';
comment on column public.outcome_sums.confidences_true is 'How many of these had the likelier side come true.';
comment on column public.outcome_sums.moves is 'Returns other than 0.';
comment on column public.outcome_sums.moves_risen is 'How many of them were above 0.';
comment on column public.outcome_sums.moves_foretold is 'How many of them had a probability of a rise.';
comment on column public.outcome_sums.moves_correct is 'How many of these went to the likelier side.';
comment on column public.outcome_sums.weight is 'Sum of a member''s weights.';
comment on column public.outcome_sums.weights is 'How many have one.';

alter table public.outcome_sums enable row level security;
create policy outcome_sums_are_read_by_users on public.outcome_sums for select to authenticated using (true);
revoke all on public.outcome_sums from anon, authenticated, service_role;
grant select on public.outcome_sums to authenticated, service_role;

-- forecasts/functions/add_outcome_pairs.sql
create or replace function internal.add_outcome_pairs(p_before public.forecast_outcomes[], p_after public.forecast_outcomes[]) returns void
language plpgsql set search_path = '' set jit = off set plan_cache_mode = force_generic_plan
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
      min(k.data_cutoff) as earliest, max(k.data_cutoff) as furthest, sum(k.sign)::integer as n,
      sum(k.sign * c.error::numeric * c.error::numeric) as candidate_squared_error,
      sum(k.sign * b.error::numeric * b.error::numeric) as baseline_squared_error,
      sum(k.sign * c.realised_return::numeric * c.realised_return::numeric) as squared_return,
      sum(k.sign * c.crps::numeric) as candidate_crps, sum(k.sign * b.crps::numeric) as baseline_crps
    from bar k
    cross join lateral unnest(k.candidate_hashes, k.candidate_outcomes) c(config_hash)
    cross join lateral unnest(k.baseline_hashes, k.baseline_outcomes) b(config_hash)
    group by k.symbol_id, k.horizon, c.config_hash, b.config_hash
  )
  insert into public.outcome_pair_sums as s (
    symbol_id, horizon, candidate_hash, baseline_hash, n, first_cutoff, last_cutoff, first_outcome_time, last_outcome_time,
    candidate_squared_error, baseline_squared_error, squared_return, candidate_crps, baseline_crps)
  select c.symbol_id, c.horizon, c.candidate_hash, c.baseline_hash, k.n,
    case when k.n > 0 then coalesce(first.data_cutoff, t.first_cutoff) end, case when k.n > 0 then coalesce(last.data_cutoff, t.last_cutoff) end,
    case when k.n > 0 then coalesce(first.outcome_time, t.first_outcome_time) end,
    case when k.n > 0 then coalesce(last.outcome_time, t.last_outcome_time) end,
    coalesce(t.candidate_squared_error, 0) + c.candidate_squared_error, coalesce(t.baseline_squared_error, 0) + c.baseline_squared_error,
    coalesce(t.squared_return, 0) + c.squared_return, coalesce(t.candidate_crps, 0) + c.candidate_crps,
    coalesce(t.baseline_crps, 0) + c.baseline_crps
  from change c
  left join public.outcome_pair_sums t
    on t.symbol_id = c.symbol_id and t.horizon = c.horizon and t.candidate_hash = c.candidate_hash and t.baseline_hash = c.baseline_hash
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
    limit case when t.last_cutoff > c.furthest then 0 else 1 end
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

-- forecasts/functions/outcome_terms.sql
create or replace function internal.outcome_terms(p_outcomes public.forecast_outcomes[]) returns setof public.outcome_sums
language plpgsql stable set search_path = '' set jit = off
as $$
begin
  return query
  select f.symbol_id, f.horizon, f.ensemble, f.config_hash, m.model, 0, 1, f.data_cutoff, f.data_cutoff, o.outcome_time, o.outcome_time,
    (m.is_whole and o.covered_50)::integer, (m.is_whole and o.covered_80)::integer, (m.is_whole and o.covered_90)::integer,
    (m.is_whole and o.covered_95)::integer,
    case when m.is_whole then o.crps::numeric else 0 end,
    case when d.is_dense then o.log_score::numeric else 0 end, d.is_dense::integer,
    m.error, abs(m.error), m.error * m.error, r.realised * r.realised,
    d.is_stated::integer, (d.is_stated and o.direction_correct)::integer, (d.is_stated and r.rises)::integer,
    case when d.is_confident then f.confidence::numeric else 0 end, d.is_confident::integer,
    (d.is_confident and (m.probability_up >= 0.5) = r.rises)::integer,
    r.moves::integer, (r.moves and r.rises)::integer, (r.moves and m.probability_up is not null)::integer,
    (r.moves and m.probability_up is not null and (m.probability_up >= 0.5) = r.rises)::integer,
    coalesce(m.weight::numeric, 0), (m.weight is not null)::integer
  from unnest(p_outcomes) o
  join public.forecasts f on f.id = o.forecast_id
  cross join lateral (
    select 'ensemble' as model, true as is_whole, null::double precision as weight, o.error::numeric as error, f.probability_up
    union all
    select x.part ->> 'name', false, (x.part ->> 'weight')::double precision, ((x.part ->> 'mean')::double precision - o.realised_return)::numeric,
      (x.part ->> 'probability_up')::double precision
    from jsonb_array_elements(f.members) x(part)
    where x.part ->> 'mean' is not null
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
comment on function internal.outcome_terms(public.forecast_outcomes[]) is
  'What each outcome adds to outcome_sums: the rows that there would be with it alone, one for the ensemble and one for each member with a mean. '
  'The one place of what is summed.';
revoke execute on function internal.outcome_terms(public.forecast_outcomes[]) from public;

-- forecasts/functions/recount_outcomes.sql
create or replace function internal.recount_outcomes(p_symbol_id bigint) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_outcomes public.forecast_outcomes[];
  v_counted integer := 0;
begin
  perform from public.outcome_sums s where s.symbol_id = p_symbol_id and s.model = 'ensemble' and s.latest = 0
  order by s.horizon, s.ensemble, s.config_hash for update;
  delete from public.outcome_sums s where s.symbol_id = p_symbol_id;
  delete from public.outcome_pair_sums s where s.symbol_id = p_symbol_id;
  -- By a hundred bars, as outcomes come: what is looked up beside those that are added is before them, or from the same bar.
  for v_outcomes in
    select array_agg(x.outcome)
    from (
      select o as outcome, dense_rank() over (order by f.horizon, f.data_cutoff) as place
      from public.forecasts f join public.forecast_outcomes o on o.forecast_id = f.id
      where f.symbol_id = p_symbol_id
    ) x
    group by x.place / 100
    order by x.place / 100
  loop
    perform internal.add_outcomes('{}', v_outcomes);
    perform internal.add_outcome_pairs('{}', v_outcomes);
    v_counted := v_counted + cardinality(v_outcomes);
  end loop;
  return v_counted;
end
$$;
comment on function internal.recount_outcomes(bigint) is
  'Counts outcome_sums and outcome_pair_sums of a symbol anew from its outcomes; returns how many. Triggers keep them: this is for rows that were '
  'changed while triggers were off.';
revoke execute on function internal.recount_outcomes(bigint) from public;

-- forecasts/functions/score_due_outcomes.sql
create or replace function internal.score_due_outcomes(p_rows integer, out taken integer, out scored integer)
language plpgsql set search_path = ''
as $$
declare
  v_gone bigint[];
  v_restated public.forecast_outcomes[];
  v_new public.forecast_outcomes[];
begin
  with due as materialized (
    select d.id, d.symbol_id, d.horizon, d.since, c.until
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
      on cutoff.symbol_id = f.symbol_id and cutoff.timeframe = internal.timeframe_of(f.horizon) and cutoff.bar_time = f.data_cutoff
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
      internal.crps(r.return_quantiles, r.realised_return), internal.log_score(r.return_quantiles, r.realised_return),
      internal.pit(r.return_quantiles, r.realised_return),
      internal.is_covered(r.return_quantiles, r.realised_return, 50), internal.is_covered(r.return_quantiles, r.realised_return, 80),
      internal.is_covered(r.return_quantiles, r.realised_return, 90), internal.is_covered(r.return_quantiles, r.realised_return, 95),
      case when r.realised_return <> 0 and r.direction <> 'neutral' then (r.realised_return > 0) = (r.direction = 'bullish') end,
      r.bars_stored_at, now())::public.forecast_outcomes as scored, o.forecast_id is not null as is_restated
    from realised r
    left join public.forecast_outcomes o on o.forecast_id = r.forecast_id
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

  -- One kind of change at a time: triggers keep sums of what changed.
  delete from public.forecast_outcomes o where o.forecast_id = any (v_gone);
  update public.forecast_outcomes o set
    outcome_time = n.outcome_time, outcome_close = n.outcome_close, is_target_session = n.is_target_session, realised_return = n.realised_return,
    error = n.error, absolute_error = n.absolute_error, crps = n.crps, log_score = n.log_score, pit = n.pit, covered_50 = n.covered_50,
    covered_80 = n.covered_80, covered_90 = n.covered_90, covered_95 = n.covered_95, direction_correct = n.direction_correct,
    bars_stored_at = n.bars_stored_at, scored_at = n.scored_at
  from unnest(v_restated) n
  where o.forecast_id = n.forecast_id;
  insert into public.forecast_outcomes
  select n.* from unnest(v_new) n
  where exists (select from public.forecasts f where f.id = n.forecast_id);
  scored := coalesce(cardinality(v_restated), 0) + coalesce(cardinality(v_new), 0);
end
$$;
comment on function internal.score_due_outcomes(integer) is
  'Scores the forecasts of the first p_rows rows of outcomes_due, of each those of ten bars at most; returns how many rows it took (0: none is '
  'due) and how many forecasts were scored.';
revoke execute on function internal.score_due_outcomes(integer) from public;

-- forecasts/triggers/delete_outcome.sql
create or replace function internal.delete_outcome() returns trigger
language plpgsql set search_path = ''
as $$
begin
  delete from public.forecast_outcomes o where o.forecast_id = old.id;
  return old;
end
$$;
comment on function internal.delete_outcome() is
  'Trigger: the outcome of a forecast that is deleted goes before it, and not by the cascade after it: taking it out of sums needs the forecast.';
revoke execute on function internal.delete_outcome() from public;

create trigger forecasts_delete_outcome before delete on public.forecasts
for each row execute function internal.delete_outcome();

-- forecasts/triggers/keep_scored_forecasts.sql
create or replace function internal.keep_scored_forecasts() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if exists (select from public.forecast_outcomes o where o.forecast_id = old.id) then
    perform internal.refuse(409, 'forecast_scored', format(
      'Forecast %s of %s has come true: its key, mean, probability, confidence and members stay as they were scored. Delete its outcome first',
      old.id, old.symbol));
  end if;
  return new;
end
$$;
comment on function internal.keep_scored_forecasts() is
  'Trigger: refuses to change what of a forecast is in sums over outcomes once it has come true (forecast_scored).';
revoke execute on function internal.keep_scored_forecasts() from public;

create trigger forecasts_stay_as_scored
before update of symbol_id, horizon, ensemble, config_hash, data_cutoff, forecast_return, probability_up, confidence, members on public.forecasts
for each row execute function internal.keep_scored_forecasts();

-- forecasts/triggers/sum_outcomes.sql
-- Each kind of change by a statement of its own: of one that inserts and updates, or deletes, outcomes of one series at once, the first trigger would see all
-- changes and count its own.
create or replace function internal.sum_outcomes() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_changed public.forecast_outcomes[];
begin
  select array_agg(row(c.*)::public.forecast_outcomes) into v_changed from changed c;
  if v_changed is not null then
    perform internal.add_outcomes(case when tg_op = 'DELETE' then v_changed else '{}' end, case when tg_op = 'INSERT' then v_changed else '{}' end);
    perform internal.add_outcome_pairs(case when tg_op = 'DELETE' then v_changed else '{}' end, case when tg_op = 'INSERT' then v_changed else '{}' end);
  end if;
  return null;
end
$$;
comment on function internal.sum_outcomes() is
  'Trigger: keeps outcome_sums and outcome_pair_sums when outcomes are inserted or deleted. A statement may insert, update or delete outcomes of a symbol and '
  'horizon, not two of these at once.';
revoke execute on function internal.sum_outcomes() from public;

create trigger forecast_outcomes_sum_new_ones after insert on public.forecast_outcomes
referencing new table as changed for each statement execute function internal.sum_outcomes();
create trigger forecast_outcomes_sum_deleted_ones after delete on public.forecast_outcomes
referencing old table as changed for each statement execute function internal.sum_outcomes();

-- forecasts/triggers/sum_restated_outcomes.sql
create or replace function internal.sum_restated_outcomes() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_before public.forecast_outcomes[];
  v_after public.forecast_outcomes[];
begin
  select array_agg(row(b.*)::public.forecast_outcomes) into v_before from before b;
  select array_agg(row(a.*)::public.forecast_outcomes) into v_after from after a;
  if v_before is not null then
    perform internal.add_outcomes(v_before, v_after);
    perform internal.add_outcome_pairs(v_before, v_after);
  end if;
  return null;
end
$$;
comment on function internal.sum_restated_outcomes() is 'Trigger: as internal.sum_outcomes, when outcomes are restated.';
revoke execute on function internal.sum_restated_outcomes() from public;

create trigger forecast_outcomes_sum_restated_ones after update on public.forecast_outcomes
referencing old table as before new table as after for each statement execute function internal.sum_restated_outcomes();

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
  (s.crps / s.n)::double precision as mean_crps,
  (s.log_score / nullif(s.log_scores, 0))::double precision as mean_log_score,
  (s.error / s.n)::double precision as mean_error,
  (s.absolute_error / s.n)::double precision as mean_absolute_error,
  sqrt((s.squared_error / s.n)::double precision) as rmse,
  sqrt((s.squared_return / s.n)::double precision) as no_change_rmse,
  s.directions as n_directions,
  s.directions_correct / nullif(s.directions, 0)::double precision as directional_accuracy,
  s.directions_risen / nullif(s.directions, 0)::double precision as base_rate,
  (s.confidence / nullif(s.confidences, 0))::double precision as mean_confidence,
  s.confidences_true / nullif(s.confidences, 0)::double precision as confidence_came_true
-- The registry's symbol: who asks for one looks at no other's sums.
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
    (s.weight / nullif(s.weights, 0))::double precision as mean_weight,
    sqrt((s.squared_error / s.n)::double precision) as rmse,
    sqrt((s.squared_return / s.n)::double precision) as no_change_rmse,
    (s.error / s.n)::double precision as mean_error,
    s.moves_correct / nullif(s.moves_foretold, 0)::double precision as directional_accuracy,
    s.moves_risen / nullif(s.moves, 0)::double precision as base_rate,
    case when s.model = 'ensemble' then (s.crps / s.n)::double precision end as mean_crps,
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
    sqrt((s.candidate_squared_error / s.n)::double precision) as candidate_rmse,
    sqrt((s.baseline_squared_error / s.n)::double precision) as baseline_rmse,
    sqrt((s.squared_return / s.n)::double precision) as no_change_rmse,
    (s.candidate_crps / s.n)::double precision as candidate_crps,
    (s.baseline_crps / s.n)::double precision as baseline_crps
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

-- What came true before: about 0.3 ms each, while nobody else writes outcomes.
select internal.recount_outcomes(s.id) from public.symbols s order by s.id;
