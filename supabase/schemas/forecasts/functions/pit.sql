create or replace function internal.pit(p_quantiles double precision[], p_outcome double precision) returns double precision
language sql immutable strict set search_path = ''
as $$
  select case
    when c.not_above > c.below then 0.5::double precision * (c.below + 1 + c.not_above) / 200
    when c.below = 0 then 0.0025::double precision
    when c.below = 199 then 0.9975::double precision
    else (c.below + (p_outcome - p_quantiles[c.below]) / (p_quantiles[c.below + 1] - p_quantiles[c.below])) / 200
  end
  from (
    select count(*) filter (where q.value < p_outcome)::integer as below,
      count(*) filter (where q.value <= p_outcome)::integer as not_above
    from unnest(p_quantiles) q(value)
  ) c
$$;
comment on function internal.pit(double precision[], double precision) is
  'Probability integral transform: the forecast''s probability of an outcome at most as large, linear between its 199 quantiles.';
revoke execute on function internal.pit(double precision[], double precision) from public;
