create or replace function internal.pit(p_quantiles double precision[], p_outcome double precision) returns double precision
language plpgsql immutable strict set search_path = ''
as $$
declare
  v_not_above constant integer := width_bucket(p_outcome, p_quantiles);
begin
  if p_quantiles[v_not_above] = p_outcome then
    return 0.5::double precision * (array_position(p_quantiles, p_outcome) + v_not_above) / 200;
  end if;
  return case v_not_above
    when 0 then 0.0025::double precision
    when 199 then 0.9975::double precision
    else (v_not_above + (p_outcome - p_quantiles[v_not_above]) / (p_quantiles[v_not_above + 1] - p_quantiles[v_not_above])) / 200
  end;
end
$$;
comment on function internal.pit(double precision[], double precision) is
  'Probability integral transform: the forecast''s probability of an outcome at most as large, linear between its 199 quantiles, which ascend.';
revoke execute on function internal.pit(double precision[], double precision) from public;
