create or replace function public.plan_work(p_windows integer default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_forecasts jsonb;
  v_windows jsonb;
begin
  if internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('forecasts', 0, 'windows', 0, 'more', false, 'reason', 'publishing_enabled is false');
  end if;
  -- Whoever asks by hand waits for the planner at work, which needs about two seconds at most.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  v_forecasts := internal.plan_round('forecasts', 'plan_forecasts($1)', 0.7);
  v_windows := internal.plan_round(concat_ws(' ', 'validations', p_windows), format('plan_validations($1, %L)', p_windows), 0.7);
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return jsonb_build_object('forecasts', v_forecasts -> 'planned', 'windows', v_windows -> 'planned',
    'more', v_forecasts -> 'more' = 'true' or v_windows -> 'more' = 'true');
end
$$;
comment on function public.plan_work(integer) is
  'Plans what is due for every active symbol: a forecast from new bars, and walk-forward windows once an interval (with p_windows: '
  'that many, now). Asks for workers. Cron calls it; calling it again plans nothing twice. It stops after about two seconds: with more = true '
  'in its answer the next call goes on.';
revoke execute on function public.plan_work(integer) from public, anon, authenticated;
grant execute on function public.plan_work(integer) to service_role;
