create or replace function internal.log_score(p_quantiles double precision[], p_outcome double precision) returns double precision
language plpgsql immutable strict set search_path = ''
as $$
declare
  v_knots constant integer[] := array[1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190,
    195, 198, 199];
  v_narrowest double precision := 1e-6 * (p_quantiles[199] - p_quantiles[1]);
  v_distance double precision;
  v_halving double precision;
  v_bin integer := 2;
begin
  if v_narrowest <= 0 then
    return null;
  end if;
  if p_outcome < p_quantiles[1] then
    v_distance := p_quantiles[1] - p_outcome;
    v_halving := greatest(v_narrowest, p_quantiles[2] - p_quantiles[1]);
  elsif p_outcome > p_quantiles[199] then
    v_distance := p_outcome - p_quantiles[199];
    v_halving := greatest(v_narrowest, p_quantiles[199] - p_quantiles[198]);
  end if;
  if v_distance is not null then
    return ln(2::double precision) * v_distance / v_halving - ln(0.005::double precision) - ln(ln(2::double precision) / v_halving);
  end if;
  while v_bin < 25 and p_outcome > p_quantiles[v_knots[v_bin]] loop
    v_bin := v_bin + 1;
  end loop;
  return ln(greatest(v_narrowest, p_quantiles[v_knots[v_bin]] - p_quantiles[v_knots[v_bin - 1]]))
    - ln((v_knots[v_bin] - v_knots[v_bin - 1]) / 200.0::double precision);
end
$$;
comment on function internal.log_score(double precision[], double precision) is
  'Minus the log density at the outcome of a forecast known by its 199 quantiles; null for a point mass. '
  'Twin: logScoreFromQuantiles (src/shared/scores/log-score-quantiles.ts), compared in test/database/forecast-scores.test.ts.';
revoke execute on function internal.log_score(double precision[], double precision) from public;
