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
