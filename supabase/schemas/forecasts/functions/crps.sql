-- Scores want the 199 levels 0.005 to 0.995 that every forecast is stored with.
create or replace function internal.crps(p_quantiles double precision[], p_outcome double precision) returns double precision
language sql immutable strict set search_path = ''
as $$
  with loss as (
    select q.place, q.level, p_outcome - q.quantile as distance
    from (
      select u.place, u.place / 200.0::double precision as level, u.quantile
      from unnest(p_quantiles) with ordinality u(quantile, place)
      union all
      -- Each tail beyond the outermost quantile, scored at its middle.
      select 0, 0.00125::double precision, p_quantiles[1]
      union all
      select 200, 0.99875::double precision, p_quantiles[199]
    ) q
  )
  select 2 * sum(
    case when l.place in (0, 200) then 0.0025 else 0.005 end::double precision
    * case when l.distance >= 0 then l.level * l.distance else (l.level - 1) * l.distance end)
  from loss l
$$;
comment on function internal.crps(double precision[], double precision) is
  'CRPS of a forecast known by its 199 quantiles: twice the integral of the pinball loss over the levels; in the outcome''s unit. '
  'Twin: crpsFromQuantiles (src/shared/scores/crps.ts), compared in test/database/forecast-scores.test.ts.';
revoke execute on function internal.crps(double precision[], double precision) from public;
