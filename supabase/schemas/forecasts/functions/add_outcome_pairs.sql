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
