create or replace function internal.mend_set_back_clock() returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_bound timestamptz := internal.clock_bound();
  v_minute timestamptz := date_trunc('minute', now(), 'UTC');
  v_last_tick timestamptz := (select max(t.ticked_at) from public.cron_ticks t);
  v_by interval;
  v_slots integer;
  v_runs integer;
  v_what record;
begin
  -- One of the ticks of this minute does it.
  if v_last_tick is null or v_last_tick <= v_bound or not pg_try_advisory_xact_lock(hashtext('plumbline.mend_set_back_clock')) then
    return null;
  end if;
  -- A minute less than between the ticks, which is never more than it was: nothing is moved to before what happened before it.
  v_by := v_last_tick - v_minute - interval '1 minute';
  perform set_config('plumbline.keeps_updated_at', 'true', true);

  -- What is once a date and time is done anew when these come.
  delete from public.slot_runs r where r.finished_at > v_bound;
  get diagnostics v_slots = row_count;
  delete from public.planning_rounds r where r.began_at > v_bound;
  delete from public.canary_reports r where r.issued_at > v_bound;
  update public.runs r set idempotency_key = format('%s:ahead:%s', r.idempotency_key, r.id)
  where r.created_at > v_bound and r.kind in ('ingestion', 'divergence_check', 'rollout_evaluation');
  get diagnostics v_runs = row_count;

  -- What follows from data was done, but not then: it is moved to when it was, in its order. Bars first, windows are judged by them.
  update public.bars b set ingested_at = least(b.ingested_at - v_by, now())
  from public.bar_series s
  where s.stored_at > v_bound and b.symbol_id = s.symbol_id and b.timeframe = s.timeframe and b.ingested_at > v_bound;
  for v_what in
    select w.relation,
      string_agg(format('%1$I = case when %1$I > now() then least(%1$I - $2, now()) else %1$I end', c.name), ', ') as moved,
      string_agg(format('%I > $1', c.name), ' or ') as is_ahead
    from (values
      (0, 'bar_series', '{stored_at, restated_at}'::text[]),
      (1, 'artifacts', '{trained_at}'),
      (2, 'forecasts', '{issued_at}'),
      (3, 'forecast_outcomes', '{scored_at}'),
      (4, 'ensemble_weights', '{created_at}'),
      (5, 'ensemble_validation_metrics', '{validation_date, trained_at, created_at, updated_at}'),
      (6, 'overfitting_tests', '{created_at, updated_at}'),
      (7, 'rollout_evaluations', '{evidence_at}'),
      (8, 'runs', '{created_at, started_at, finished_at}'),
      (9, 'jobs', '{created_at, updated_at, finished_at}'),
      (10, 'errors', '{occurred_at}'),
      (11, 'error_alerts', '{first_seen_at, last_seen_at, opened_at, resolved_at}'),
      (12, 'divergence_alerts', '{opened_at, resolved_at}'),
      (13, 'query_timings', '{measured_at}'),
      (14, 'schedule_slots', '{active_since}')
    ) w(place, relation, columns)
    cross join unnest(w.columns) c(name)
    group by w.place, w.relation
    order by w.place
  loop
    execute format('update public.%I set %s where %s', v_what.relation, v_what.moved, v_what.is_ahead) using v_bound, v_by;
  end loop;

  perform set_config('plumbline.keeps_updated_at', '', true);
  delete from public.cron_ticks t where t.ticked_at > v_minute;
  perform internal.note_next_due(null, now());
  perform public.record_error('cron.clock', 'clock_set_back', format(
    'The clock was set back by about %s minutes: %s slots that were noted ahead of their time will run, and %s runs do not count for them',
    floor(extract(epoch from v_by) / 60), v_slots, v_runs));
  return jsonb_build_object('minutes', floor(extract(epoch from v_by) / 60), 'slots', v_slots, 'runs', v_runs);
end
$$;
comment on function internal.mend_set_back_clock() is
  'After the clock was set back, by what cron has ticked ahead of it: slots, reports and rounds of planning that were finished in the future '
  '(clock_bound) are deleted and their runs lose the key, so that they happen at their time; all else that was done then is moved to '
  'when it was. Records clock_set_back and returns {minutes, slots, runs}; null when the clock was not set back.';
revoke execute on function internal.mend_set_back_clock() from public;
