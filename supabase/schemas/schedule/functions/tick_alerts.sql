create or replace function internal.tick_alerts(p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.watch_errors(p_now) || internal.deliver_alerts(p_now)
$$;
comment on function internal.tick_alerts(timestamptz) is 'Tick alerts: opens and resolves alerts on errors, and delivers all alerts.';
revoke execute on function internal.tick_alerts(timestamptz) from public;
