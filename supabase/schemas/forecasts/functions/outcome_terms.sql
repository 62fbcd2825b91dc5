create or replace function internal.outcome_terms(p_outcomes public.forecast_outcomes[]) returns setof public.outcome_sums
language plpgsql stable set search_path = '' set jit = off
as $$
begin
  return query
  select f.symbol_id, f.horizon, f.ensemble, f.config_hash, m.model, 0, 1, f.data_cutoff, f.data_cutoff, o.outcome_time, o.outcome_time,
    (m.is_whole and o.covered_50)::integer, (m.is_whole and o.covered_80)::integer, (m.is_whole and o.covered_90)::integer,
    (m.is_whole and o.covered_95)::integer,
    case when m.is_whole then o.crps::numeric else 0 end,
    case when d.is_dense then o.log_score::numeric else 0 end, d.is_dense::integer,
    m.error, abs(m.error), m.error * m.error, r.realised * r.realised,
    d.is_stated::integer, (d.is_stated and o.direction_correct)::integer, (d.is_stated and r.rises)::integer,
    case when d.is_confident then f.confidence::numeric else 0 end, d.is_confident::integer,
    (d.is_confident and (m.probability_up >= 0.5) = r.rises)::integer,
    r.moves::integer, (r.moves and r.rises)::integer, (r.moves and m.probability_up is not null)::integer,
    (r.moves and m.probability_up is not null and (m.probability_up >= 0.5) = r.rises)::integer,
    coalesce(m.weight::numeric, 0), (m.weight is not null)::integer
  from unnest(p_outcomes) o
  join public.forecasts f on f.id = o.forecast_id
  cross join lateral (
    select 'ensemble' as model, true as is_whole, null::double precision as weight, o.error::numeric as error, f.probability_up
    union all
    select x.part ->> 'name', false, (x.part ->> 'weight')::double precision, ((x.part ->> 'mean')::double precision - o.realised_return)::numeric,
      (x.part ->> 'probability_up')::double precision
    from jsonb_array_elements(f.members) x(part)
    where x.part ->> 'mean' is not null
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
comment on function internal.outcome_terms(public.forecast_outcomes[]) is
  'What each outcome adds to outcome_sums: the rows that there would be with it alone, one for the ensemble and one for each member with a mean. '
  'The one place of what is summed.';
revoke execute on function internal.outcome_terms(public.forecast_outcomes[]) from public;
