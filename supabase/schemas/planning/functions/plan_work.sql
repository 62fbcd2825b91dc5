create or replace function public.plan_work(p_windows integer default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_forecasts integer;
  v_windows integer;
begin
  if internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('forecasts', 0, 'windows', 0, 'reason', 'publishing_enabled is false');
  end if;
  v_forecasts := internal.plan_forecasts();
  v_windows := internal.plan_validations(p_windows);
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return jsonb_build_object('forecasts', v_forecasts, 'windows', v_windows);
end
$$;
comment on function public.plan_work(integer) is
  'Plans what is due for every active symbol: a forecast from new bars, and walk-forward windows once an interval (with p_windows: '
  'that many, now). Asks for workers. Cron calls it; calling it again plans nothing twice.';
revoke execute on function public.plan_work(integer) from public, anon, authenticated;
grant execute on function public.plan_work(integer) to service_role;
