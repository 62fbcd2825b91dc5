-- Purging: what is older than the setting retention_days, in batches and no more a day than a run can bear.

create function internal.delete_batches(p_table regclass, p_condition text, p_rows integer, p_batches integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_deleted integer;
  v_total integer := 0;
begin
  for i in 1 .. p_batches loop
    execute format('delete from %1$s where ctid in (select ctid from %1$s where %2$s limit %3$s)', p_table, p_condition, p_rows);
    get diagnostics v_deleted = row_count;
    v_total := v_total + v_deleted;
    exit when v_deleted < p_rows;
  end loop;
  return v_total;
end
$$;
comment on function internal.delete_batches(regclass, text, integer, integer) is
  'Deletes the rows of a table that a condition (SQL of our own, never of a caller) names, p_rows at a time, p_batches times at most; '
  'returns how many.';
revoke execute on function internal.delete_batches(regclass, text, integer, integer) from public;

drop function internal.purge_history();

create function internal.purge(p_now timestamptz default now()) returns jsonb
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
      format(w.condition, p_now - make_interval(days => (v_days ->> w.name)::integer)) as condition
    from (values
      ('cron_history', 'cron.job_run_details', 'coalesce(end_time, start_time) < %L', 5000, 20),
      ('cron_ticks', 'public.cron_ticks', 'ticked_at < %L', 5000, 20),
      ('worker_requests', 'public.worker_requests', 'requested_at < %L', 5000, 20),
      ('slot_runs', 'public.slot_runs', 'due_at < %L', 5000, 20),
      ('canary_reports', 'public.canary_reports', 'issued_at < %L', 5000, 20),
      -- The job then begins anew, should it ever be worked on.
      ('checkpoints', 'public.job_checkpoints',
        'saved_at < %L and job_id not in (select id from public.jobs where status = ''running'')', 500, 20),
      -- Each takes its jobs along.
      ('runs', 'public.runs', 'finished_at < %L', 200, 25)
    ) w(name, relation, condition, rows, batches)
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
  'each, and under more the kinds of which something is left for the next call. pg_net purges its own responses.';
revoke execute on function internal.purge(timestamptz) from public;
