create or replace function internal.recent_failures(p_keys text[])
returns table (forecast_key text, code text, message text, retry_at timestamptz)
language sql stable set search_path = ''
as $$
  select distinct on (j.forecast_key) j.forecast_key, j.error_code, j.error_message, j.finished_at + interval '1 hour'
  from public.jobs j
  where j.status = 'dead' and j.forecast_key is not null and j.forecast_key = any (p_keys) and j.finished_at > now() - interval '1 hour'
    and not exists (
      select from public.jobs o
      where o.forecast_key = j.forecast_key and o.forecast_key is not null and o.status in ('queued', 'running'))
  order by j.forecast_key, j.finished_at desc
$$;
comment on function internal.recent_failures(text[]) is
  'Of these forecasts (forecast_key) those that could not be made in the last hour and that no job is trying again: the latest failure, and when a '
  'request may have it tried again.';
revoke execute on function internal.recent_failures(text[]) from public;
