create or replace function internal.require_quota(p_user_id uuid, p_forecasts integer) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_quota jsonb := internal.setting('user_quota');
  v_forecasts integer := (v_quota ->> 'forecasts')::integer;
  v_runs integer := (v_quota ->> 'runs')::integer;
  v_used record;
begin
  select coalesce(sum(h.quota_used), 0) as forecasts, count(*) as runs,
    -- When the earliest have left the hour, as many of them as it takes.
    min(h.created_at) filter (where h.later_forecasts + p_forecasts <= v_forecasts and h.later_runs < v_runs) + interval '1 hour' as free_at
  into v_used
  from (
    select r.created_at, r.quota_used, coalesce(sum(r.quota_used) over w, 0) as later_forecasts, count(*) over w as later_runs
    from public.runs r
    where r.requested_by = p_user_id and r.created_at > now() - interval '1 hour'
    window w as (order by r.created_at desc, r.id rows between unbounded preceding and 1 preceding)
  ) h;
  if v_used.forecasts + p_forecasts <= v_forecasts and v_used.runs < v_runs then
    return;
  end if;
  perform internal.refuse(429, 'quota_exceeded', format(
    'The request asks for %s new forecasts; in the last hour the user has asked for %s in %s runs, and an hour''s quota is %s in %s (setting '
    'user_quota): ask for fewer, or after %s', p_forecasts, v_used.forecasts, v_used.runs, v_forecasts, v_runs,
    internal.utc_text(coalesce(v_used.free_at, now() + interval '1 hour'))), coalesce(v_used.free_at, now() + interval '1 hour'));
end
$$;
comment on function internal.require_quota(uuid, integer) is
  'Raises quota_exceeded, with when to ask again, where a user would have asked for more new forecasts, or in more runs, than user_quota allows in '
  'an hour.';
revoke execute on function internal.require_quota(uuid, integer) from public;
