create or replace function internal.covariates_in_use()
returns table (symbol text, measures text[], ensembles text[])
language sql stable set search_path = ''
as $$
  select n.covariate ->> 'symbol', array_agg(distinct n.covariate ->> 'measure'), array_agg(distinct e.ensemble)
  from public.ensembles e
  join public.configurations c on c.config_hash = e.config_hash
  cross join lateral jsonb_array_elements(c.configuration -> 'covariates') n(covariate)
  where e.active and jsonb_typeof(c.configuration -> 'covariates') = 'array'
  group by n.covariate ->> 'symbol'
$$;
comment on function internal.covariates_in_use() is
  'The symbols that the active ensembles name as covariates, registered or not: what is read of each (level, range), and by which ensembles.';
revoke execute on function internal.covariates_in_use() from public;
grant execute on function internal.covariates_in_use() to authenticated, service_role;
