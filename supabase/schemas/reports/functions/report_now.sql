create or replace function public.report_now() returns text
language sql stable security definer set search_path = ''
as $$
  select (internal.compose_report((now() at time zone 'America/New_York')::date, (now() at time zone 'America/New_York')::time, now())).markdown
$$;
comment on function public.report_now() is 'The canary''s report as it would be written now, as Markdown; nothing is stored.';
revoke execute on function public.report_now() from public, anon, authenticated;
grant execute on function public.report_now() to service_role;
