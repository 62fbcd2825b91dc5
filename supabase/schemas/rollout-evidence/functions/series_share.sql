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
