create or replace function internal.reconcile(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_jobs jsonb := internal.reconcile_jobs();
  v_slots jsonb := internal.notice_slots(p_now);
  v_rollout jsonb;
  v_detail text;
begin
  -- Whatever it raises, the work above stays.
  begin
    v_rollout := internal.watch_rollout(p_now);
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_rollout := jsonb_build_object('error', format('%s (SQLSTATE %s)', sqlerrm, sqlstate));
    perform internal.record_cron_error('watch_rollout', v_rollout ->> 'error', sqlstate, v_detail);
  end;
  perform internal.note_next_due(null, p_now);

  return v_jobs || jsonb_build_object('slots', v_slots, 'rollout', v_rollout,
    'workers', internal.request_workers((internal.setting('max_workers') #>> '{}')::integer));
end
$$;
comment on function internal.reconcile(timestamptz) is
  'Every five minutes: ends or revives stalled jobs, notes slots whose tick did not come or that failed, for tick continue to make up for them or as '
  'missed, watches the rollout that runs, and asks for workers. Looks back seven days.';
revoke execute on function internal.reconcile(timestamptz) from public;
