create or replace function internal.is_covered(p_quantiles double precision[], p_outcome double precision, p_percent integer) returns boolean
language sql immutable strict set search_path = ''
as $$
  select p_outcome between p_quantiles[100 - p_percent] and p_quantiles[100 + p_percent]
$$;
comment on function internal.is_covered(double precision[], double precision, integer) is
  'Whether the central interval of p_percent, ends included, of 199 quantiles holds the outcome. '
  'Twin: intervalPlaces (src/shared/scores/coverage.ts), compared in test/database/forecast-scores.test.ts.';
revoke execute on function internal.is_covered(double precision[], double precision, integer) from public;
