create or replace function public.run_progress(p_run_id uuid) returns table (progress double precision, forecast_ids bigint[])
language sql stable security definer set search_path = ''
as $$
  select (
      select coalesce(avg(j.progress), 0)
      from (
        select o.progress from public.jobs o where o.run_id = p_run_id
        union all
        select o.progress from public.joined_jobs x join public.jobs o on o.id = x.job_id where x.run_id = p_run_id
      ) j),
    array(
      select f.id from public.forecasts f where f.run_id = p_run_id
      union
      select f.id
      from public.joined_jobs x
      join public.jobs o on o.id = x.job_id
      join public.forecasts f on f.run_id = o.run_id and f.symbol_id = split_part(o.forecast_key, ':', 1)::bigint
      where x.run_id = p_run_id)
$$;
comment on function public.run_progress(uuid) is
  'How far a run is: the mean share done of its jobs and of those it joined, 0 to 1, and the forecasts that they have made.';
revoke execute on function public.run_progress(uuid) from public, anon, authenticated;
grant execute on function public.run_progress(uuid) to service_role;
