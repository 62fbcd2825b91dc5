-- The schedule of alerts and of the measuring: a job of cron every minute, and a slot before each evaluation. What is restated is as it was,
-- with one branch more each.
create or replace function internal.tick_job(p_job text, p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_minute timestamptz := date_trunc('minute', p_now, 'UTC');
  v_result jsonb;
  v_error text;
  v_detail text;
begin
  -- Ticks of a later hour: the clock was set back, and their minutes come once more.
  if exists (select from public.cron_ticks t where t.job = p_job and t.ticked_at > v_minute + interval '10 minutes') then
    delete from public.cron_ticks t where t.job = p_job and t.ticked_at >= v_minute;
  end if;
  insert into public.cron_ticks (job, ticked_at) values (p_job, v_minute) on conflict (job, ticked_at) do nothing;
  if not found then
    return jsonb_build_object('repeated', true);
  end if;
  begin
    case p_job
      when 'dispatch' then
        v_result := jsonb_build_object('workers', public.dispatch_workers());
      when 'reconcile' then
        v_result := internal.reconcile(p_now);
      when 'plan' then
        v_result := public.plan_work();
      when 'outcomes' then
        v_result := jsonb_build_object('scored', public.score_outcomes());
      when 'alerts' then
        v_result := internal.watch_errors(p_now) || internal.deliver_alerts(p_now);
    end case;
  exception when others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_error := format('%s (SQLSTATE %s)', sqlerrm, sqlstate);
    raise warning 'plumbline-%: %', p_job, v_error;
    perform internal.record_cron_error(p_job, v_error, sqlstate, v_detail);
  end;
  update public.cron_ticks set result = v_result, error = v_error where job = p_job and ticked_at = v_minute;
  return coalesce(v_result, jsonb_build_object('error', v_error));
end
$$;
comment on function internal.tick_job(text, timestamptz) is
  'Cron''s tick of dispatch, alerts, reconcile, plan or outcomes: records it, does the work once a minute at most, and records an error (also in '
  'errors) instead of losing the tick with it.';
revoke execute on function internal.tick_job(text, timestamptz) from public;
