create or replace function public.score_outcomes() returns integer
language sql security definer set search_path = ''
as $$
  select internal.score_outcomes()
$$;
comment on function public.score_outcomes() is 'Scores forecasts that have come true since; returns how many. Cron calls it.';
revoke execute on function public.score_outcomes() from public, anon, authenticated;
grant execute on function public.score_outcomes() to service_role;
