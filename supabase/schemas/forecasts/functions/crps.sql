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
