create or replace function internal.purge(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_days jsonb := internal.setting('retention_days');
  v_what record;
  v_deleted integer;
  v_result jsonb := '{}';
begin
  for v_what in
    select w.name, w.relation::regclass as relation, w.rows, w.batches,
      format(w.condition, p_now - make_interval(days => (v_days ->> w.kept_as)::integer)) as condition
    from (values
      ('cron_history', 'cron_history', 'cron.job_run_details', 'coalesce(end_time, start_time) < %L', 5000, 20),
      ('cron_ticks', 'cron_ticks', 'public.cron_ticks', 'ticked_at < %L', 5000, 20),
      ('worker_requests', 'worker_requests', 'public.worker_requests', 'requested_at < %L', 5000, 20),
      ('slot_runs', 'slot_runs', 'public.slot_runs', 'due_at < %L', 5000, 20),
      ('canary_reports', 'canary_reports', 'public.canary_reports', 'issued_at < %L', 5000, 20),
      -- As long as the runs that they may have happened in.
      ('errors', 'runs', 'public.errors', 'occurred_at < %L', 5000, 20),
      -- The job then begins anew, should it ever be worked on.
      ('checkpoints', 'checkpoints', 'public.job_checkpoints',
        'saved_at < %L and job_id not in (select id from public.jobs where status = ''running'')', 500, 20),
      -- Each takes its jobs along.
      ('runs', 'runs', 'public.runs', 'finished_at < %L', 200, 25)
    ) w(name, kept_as, relation, condition, rows, batches)
  loop
    v_deleted := internal.delete_batches(v_what.relation, v_what.condition, v_what.rows, v_what.batches);
    v_result := v_result || jsonb_build_object(v_what.name, v_deleted);
    if v_deleted = v_what.rows * v_what.batches then
      v_result := jsonb_set(v_result, '{more}', coalesce(v_result -> 'more', '[]') || to_jsonb(v_what.name));
    end if;
  end loop;
  return v_result;
end
$$;
comment on function internal.purge(timestamptz) is
  'Deletes what is older than retention_days, at most 100,000 rows of a kind (10,000 checkpoints, 5,000 runs) a call; returns how many of '
  'each, and under more the kinds of which something is left for the next call. Errors are kept as long as runs; rollouts, their log and their '
  'evaluations for ever. pg_net purges its own responses.';
revoke execute on function internal.purge(timestamptz) from public;
