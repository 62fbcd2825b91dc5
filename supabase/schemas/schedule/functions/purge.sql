create or replace function internal.purge(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1.5 seconds';
  v_days jsonb := internal.setting('retention_days');
  v_open text[];
  v_left text[] := '{}';
  v_what record;
  v_deleted integer;
  v_result jsonb := '{}';
begin
  -- Two at once would delete the same rows.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.purge')) then
    return jsonb_build_object('busy', true);
  end if;
  -- A batch of each in turn, until nothing is left or the time is over: what has much to delete does not keep the others waiting.
  loop
    v_left := '{}';
    for v_what in
      select w.name, w.relation::regclass as relation, w.rows,
        format(w.condition, p_now - make_interval(days => (v_days ->> w.kept_as)::integer)) as condition
      from (values
        ('cron_history', 'cron_history', 'cron.job_run_details', 'coalesce(end_time, start_time) < %L', 1000),
        ('cron_ticks', 'cron_ticks', 'public.cron_ticks', 'ticked_at < %L', 1000),
        ('worker_requests', 'worker_requests', 'public.worker_requests', 'requested_at < %L', 5000),
        ('query_timings', 'query_timings', 'public.query_timings', 'measured_at < %L', 1000),
        ('slot_runs', 'slot_runs', 'public.slot_runs', 'due_at < %L', 1000),
        ('canary_reports', 'canary_reports', 'public.canary_reports', 'issued_at < %L', 1000),
        -- As long as the runs that they may have happened in.
        ('errors', 'runs', 'public.errors', 'occurred_at < %L', 1000),
        -- Each takes its delivery along.
        ('divergence_alerts', 'alerts', 'public.divergence_alerts', 'resolved_at < %L', 200),
        ('error_alerts', 'alerts', 'public.error_alerts', 'resolved_at < %L', 200),
        -- Those of rollouts, and digests.
        ('alert_deliveries', 'alerts', 'public.alert_deliveries', 'created_at < %L and status not in (''waiting'', ''sent'')', 200),
        -- The job then begins anew, should it ever be worked on.
        ('checkpoints', 'checkpoints', 'public.job_checkpoints',
          'saved_at < %L and job_id not in (select id from public.jobs where status = ''running'')', 100),
        -- Never the last of its configuration. Each takes its row of overfitting_tests along.
        ('windows', 'windows', 'public.ensemble_validation_metrics', 'validation_date < %L and exists (
          select from public.ensemble_validation_metrics n
          where n.symbol = ensemble_validation_metrics.symbol and n.horizon = ensemble_validation_metrics.horizon
            and n.validation_date > ensemble_validation_metrics.validation_date
            and n.hyperparameters ->> ''config_hash'' = ensemble_validation_metrics.hyperparameters ->> ''config_hash'')', 200),
        -- Each takes its jobs along.
        ('runs', 'runs', 'public.runs', 'finished_at < %L', 50)
      ) w(name, kept_as, relation, condition, rows)
      where v_open is null or w.name = any (v_open)
    loop
      v_deleted := null;
      if clock_timestamp() < v_until then
        v_deleted := internal.delete_batch(v_what.relation, v_what.condition, v_what.rows);
        v_result := v_result || jsonb_build_object(v_what.name, coalesce((v_result ->> v_what.name)::integer, 0) + v_deleted);
      end if;
      if v_deleted is null or v_deleted = v_what.rows then
        v_left := v_left || v_what.name;
      end if;
    end loop;
    exit when v_left = '{}' or clock_timestamp() >= v_until;
    v_open := v_left;
  end loop;
  return v_result || case when v_left = '{}' then '{}' else jsonb_build_object('more', v_left) end;
end
$$;
comment on function internal.purge(timestamptz) is
  'Deletes what is older than retention_days, for a second and a half at most; returns how many rows of each kind, and under more the kinds '
  'of which something may be left for the next call. Errors are kept as long as runs. Forecasts, outcomes, bars, rollouts, their log and their '
  'evaluations stay for ever; of fitted ensembles the last two stay; pg_net purges its own responses. {busy: true} while another is at it.';
revoke execute on function internal.purge(timestamptz) from public;
