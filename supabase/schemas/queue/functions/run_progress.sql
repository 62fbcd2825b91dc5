create or replace function public.run_progress(p_run_id uuid) returns table (progress double precision, forecast_ids bigint[])
language sql stable security definer set search_path = ''
as $$
  with job as materialized (
    select o.progress, o.status, string_to_array(o.forecast_key, ':') as key from public.jobs o where o.run_id = p_run_id
    union all
    select o.progress, o.status, string_to_array(o.forecast_key, ':')
    from public.joined_jobs x join public.jobs o on o.id = x.job_id where x.run_id = p_run_id
  )
  select (select coalesce(avg(j.progress), 0) from job j),
    array(
      select f.id from public.forecasts f where f.run_id = p_run_id
      union
      -- Of a joined job it is another run's, and where a request was faster with an artifact no run's.
      select f.id
      from job j
      join public.forecasts f on (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
        = (j.key[1]::bigint, j.key[2], j.key[3], j.key[4], to_timestamp(j.key[5]::double precision))
      where j.status = 'succeeded')
$$;
comment on function public.run_progress(uuid) is
  'How far a run is: the mean share done of its jobs and of those it joined, 0 to 1, and the forecasts that they were for and that are there. It '
  'reads keys as internal.forecast_key writes them.';
revoke execute on function public.run_progress(uuid) from public, anon, authenticated;
grant execute on function public.run_progress(uuid) to service_role;
