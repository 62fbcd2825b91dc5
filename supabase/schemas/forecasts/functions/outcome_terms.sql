create or replace function internal.outcome_terms(p_outcomes public.forecast_outcomes[], p_sign integer, p_with_members boolean)
returns setof public.outcome_sums
language plpgsql stable set search_path = '' set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_sign constant numeric := p_sign;
begin
  return query
  select f.symbol_id, f.horizon, f.ensemble, f.config_hash, m.model, 0, p_sign, f.data_cutoff, f.data_cutoff, o.outcome_time, o.outcome_time,
    p_sign * (m.is_whole and o.covered_50)::integer, p_sign * (m.is_whole and o.covered_80)::integer,
    p_sign * (m.is_whole and o.covered_90)::integer, p_sign * (m.is_whole and o.covered_95)::integer,
    case when m.is_whole then v_sign * o.crps::numeric else 0 end,
    case when d.is_dense then v_sign * o.log_score::numeric else 0 end, p_sign * d.is_dense::integer,
    v_sign * m.error, v_sign * abs(m.error), v_sign * m.error * m.error, v_sign * r.realised * r.realised,
    p_sign * d.is_stated::integer, p_sign * (d.is_stated and o.direction_correct)::integer, p_sign * (d.is_stated and r.rises)::integer,
    case when d.is_confident then v_sign * f.confidence::numeric else 0 end, p_sign * d.is_confident::integer,
    p_sign * (d.is_confident and (m.probability_up >= 0.5) = r.rises)::integer,
    p_sign * r.moves::integer, p_sign * (r.moves and r.rises)::integer, p_sign * (r.moves and m.probability_up is not null)::integer,
    p_sign * (r.moves and m.probability_up is not null and (m.probability_up >= 0.5) = r.rises)::integer,
    coalesce(v_sign * m.weight::numeric, 0), p_sign * (m.weight is not null)::integer
  from unnest(p_outcomes) o
  join public.forecasts f on f.id = o.forecast_id
  cross join lateral (
    select 'ensemble' as model, true as is_whole, null::double precision as weight, o.error::numeric as error, f.probability_up
    union all
    select x.part ->> 'name', false, (x.part ->> 'weight')::double precision, ((x.part ->> 'mean')::double precision - o.realised_return)::numeric,
      (x.part ->> 'probability_up')::double precision
    from jsonb_array_elements(f.members) x(part)
    where p_with_members and x.part ->> 'mean' is not null
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
comment on function internal.outcome_terms(public.forecast_outcomes[], integer, boolean) is
  'What each outcome adds to outcome_sums (p_sign 1), or takes away (-1): one row for the ensemble and, if asked for, one for each member with a mean. '
  'The one place of what is summed.';
revoke execute on function internal.outcome_terms(public.forecast_outcomes[], integer, boolean) from public;
