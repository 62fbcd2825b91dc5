create or replace function internal.tick_job(p_job text, p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_minute timestamptz := date_trunc('minute', p_now, 'UTC');
  v_calls text;
  v_result jsonb;
  v_error text;
  v_detail text;
begin
  if not internal.is_configured() then
    -- What falls due meanwhile is nobody's: the slots begin when there is somebody to call.
    if p_job = 'reconcile' then
      update public.schedule_slots set active_since = p_now;
      perform internal.note_next_due(null, p_now);
    end if;
    return jsonb_build_object('skipped', 'Vault has no project_url');
  end if;
  -- Ticks of a later hour: the clock was set back, and their minutes come once more.
  if exists (select from public.cron_ticks t where t.job = p_job and t.ticked_at > internal.clock_bound(v_minute)) then
    begin
      perform internal.mend_set_back_clock();
    exception when query_canceled or assert_failure or others then
      get stacked diagnostics v_detail = pg_exception_detail;
      perform internal.record_cron_error('clock', format('%s (SQLSTATE %s)', sqlerrm, sqlstate), sqlstate, v_detail);
    end;
    delete from public.cron_ticks t where t.job = p_job and t.ticked_at >= v_minute;
  end if;
  insert into public.cron_ticks (job, ticked_at) values (p_job, v_minute) on conflict (job, ticked_at) do nothing;
  if not found then
    return jsonb_build_object('repeated', true);
  end if;
  begin
    select t.calls into strict v_calls from public.schedule_ticks t where t.job = p_job;
    execute format('select internal.%I($1)', v_calls) into v_result using p_now;
  -- others leaves out what a timeout or an operator cancels, and a failed assertion: the tick would leave no row.
  exception when query_canceled or assert_failure or others then
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
  'Cron''s tick of a row of schedule_ticks: records it, does the work once a minute at most, and records an error (also in '
  'errors) instead of losing the tick with it. Does and records nothing until Vault has project_url.';
revoke execute on function internal.tick_job(text, timestamptz) from public;
