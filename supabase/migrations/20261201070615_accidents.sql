-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- foundation/functions/clock_bound.sql
create or replace function internal.clock_bound() returns timestamptz
language sql stable set search_path = ''
as $$
  select now() + interval '10 minutes'
$$;
comment on function internal.clock_bound() is
  'The latest time that a row can have been finished at: what has a later one was written by a clock that was set back since, and does not '
  'count as done. Ten minutes, since clocks that are set right by a little are no matter.';
revoke execute on function internal.clock_bound() from public;

-- foundation/functions/touch_updated_at.sql
create or replace function internal.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- internal.mend_set_back_clock moves it.
  if current_setting('plumbline.keeps_updated_at', true) is distinct from 'true' then
    new.updated_at := now();
  end if;
  return new;
end
$$;
comment on function internal.touch_updated_at() is 'Trigger: sets updated_at to the transaction''s time on every update.';
revoke execute on function internal.touch_updated_at() from public;

-- rollout-evidence/functions/latest_evaluation.sql
create or replace function internal.latest_evaluation(p_rollout public.rollouts) returns public.rollout_evaluations
language sql stable set search_path = ''
as $$
  -- Of two at once, the one that saw more may be stored first. Evidence ahead of the clock is of before it was set back: only where there is no other.
  select e.*
  from (
    (
      select x.* from public.rollout_evaluations x
      where x.rollout_id = p_rollout.id and x.stage = p_rollout.stage and x.evidence_at <= internal.clock_bound()
      order by x.evidence_at desc, x.id desc limit 1
    )
    union all
    (
      select x.* from public.rollout_evaluations x
      where x.rollout_id = p_rollout.id and x.stage = p_rollout.stage and x.evidence_at > internal.clock_bound()
      order by x.evidence_at desc, x.id desc limit 1
    )
  ) e
  order by e.evidence_at limit 1
$$;
comment on function internal.latest_evaluation(public.rollouts) is
  'The evaluation of a rollout''s present stage on the latest evidence; null without one.';
revoke execute on function internal.latest_evaluation(public.rollouts) from public;

-- rollout-decisions/functions/promotion_obstacles.sql
create or replace function internal.promotion_obstacles(p_rollout public.rollouts) returns text[]
language plpgsql stable set search_path = ''
as $$
declare
  v_evaluation public.rollout_evaluations := internal.latest_evaluation(p_rollout);
  v_obstacles text[] := '{}';
  v_noticed text;
  v_since timestamptz;
begin
  if now() < p_rollout.stage_due_at then
    v_obstacles := v_obstacles || format('stage %s lasts until %s', p_rollout.stage, internal.utc_text(p_rollout.stage_due_at));
  end if;
  if v_evaluation.id is null then
    return v_obstacles || format('stage %s was not evaluated yet', p_rollout.stage);
  end if;
  if v_evaluation.verdict <> 'pass' then
    v_obstacles := v_obstacles || format('evaluation %s says %s: %s', v_evaluation.id, v_evaluation.verdict, (
      select string_agg(format('%s (%s)', c.criterion ->> 'criterion', c.criterion ->> 'verdict'), ', ' order by c.place)
      from jsonb_array_elements(v_evaluation.criteria) with ordinality c(criterion, place)
      where c.criterion ->> 'verdict' <> 'pass'));
  end if;
  if v_evaluation.evidence_at < now() - interval '24 hours' then
    v_obstacles := v_obstacles || format('evaluation %s is of %s, more than 24 hours ago', v_evaluation.id,
      internal.utc_text(v_evaluation.evidence_at));
  elsif v_evaluation.evidence_at > internal.clock_bound() then
    v_obstacles := v_obstacles || format('evaluation %s is of %s, which is yet to come: the clock was set back', v_evaluation.id,
      internal.utc_text(v_evaluation.evidence_at));
  end if;
  -- What a transaction noticed is seen when it ends, minutes after its time at most: what is a little older than the evidence may not be in it.
  v_since := v_evaluation.evidence_at - interval '5 minutes';
  select string_agg(n.sentence, '; ' order by n.place, n.at, n.sentence) filter (where n.rank <= 20)
    || case when count(*) > 20 then format('; and %s more', count(*) - 20) else '' end
  into v_noticed
  from (
    select m.*, row_number() over (order by m.place, m.at, m.sentence) as rank
    from (
      select 1, e.id::double precision, format('%s: %s', replace(e.kind, '_', ' '), e.reason)
      from public.rollout_events e
      where e.rollout_id = p_rollout.id and e.kind in ('trigger', 'job_dead', 'forecast_missing', 'error')
        and (e.happened_at > v_since or e.id > coalesce(v_evaluation.last_event_id, 0))
        -- Triggers and missing forecasts have no class.
        and (e.figures ->> 'class' is null or internal.failure_consequence(e.figures ->> 'class') in ('counts', 'holds'))
      union all
      -- And what the watch, which comes every five minutes, has not noticed yet.
      select 2, extract(epoch from e.occurred_at), format('error: error %s of %s: %s', e.id, e.source, e.code)
      from internal.rollout_errors(v_since, 'infinity') e
      where internal.failure_consequence(e.class) in ('counts', 'holds') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'error' and x.subject = format('error %s', e.id))
      union all
      select 2, extract(epoch from j.finished_at), format('job dead: job %s, %s: %s', j.id, concat_ws(' ', j.kind, j.symbol, j.horizon), j.code)
      from internal.rollout_dead_jobs(p_rollout.id, v_since) j
      where not j.made_good and internal.failure_consequence(j.class) in ('counts', 'holds') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'job_dead' and x.subject = format('job %s %s', j.id, internal.utc_text(j.finished_at)))
      union all
      select 2, extract(epoch from f.deadline), format('forecast missing: %s was not there by %s',
        concat_ws(' ', f.symbol, f.horizon, f.ensemble, f.session_date), internal.utc_text(f.deadline))
      from internal.expected_forecasts(p_rollout.id, greatest(v_since, p_rollout.stage_started_at), now()) f
      where f.ensemble = 'candidate' and f.state in ('late', 'forecast_missing') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'forecast_missing'
          and x.subject = internal.forecast_subject(f.symbol, f.horizon, f.ensemble, f.session_date, f.data_cutoff))
    ) m(place, at, sentence)
  ) n;
  if v_noticed is not null then
    v_obstacles := v_obstacles || format('noticed since evaluation %s or shortly before it: %s', v_evaluation.id, v_noticed);
  end if;
  return v_obstacles;
end
$$;
comment on function internal.promotion_obstacles(public.rollouts) is
  'What a promotion out of the present stage lacks, a sentence each; empty when it is ready: the stage has lasted long enough, and its latest '
  'evaluation passed, is at most 24 hours old, and later than anything that was noticed or has yet to be.';
revoke execute on function internal.promotion_obstacles(public.rollouts) from public;

-- schedule/functions/mend_set_back_clock.sql
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
      string_agg(format('%1$I = case when %1$I > $1 then least(%1$I - $2, now()) else %1$I end', c.name), ', ') as moved,
      string_agg(format('%I > $1', c.name), ' or ') as is_ahead
    from (values
      (1, 'artifacts', '{trained_at}'::text[]),
      (2, 'forecasts', '{issued_at}'),
      (3, 'forecast_outcomes', '{scored_at}'),
      (4, 'ensemble_weights', '{created_at}'),
      (5, 'ensemble_validation_metrics', '{validation_date, trained_at, created_at, updated_at}'),
      (6, 'overfitting_tests', '{created_at, updated_at}'),
      (7, 'rollout_evaluations', '{evidence_at}'),
      (8, 'runs', '{created_at, started_at, finished_at}'),
      (9, 'jobs', '{created_at, updated_at, finished_at}'),
      (10, 'errors', '{occurred_at}'),
      (11, 'query_timings', '{measured_at}'),
      (12, 'schedule_slots', '{active_since}')
    ) w(place, relation, columns)
    cross join unnest(w.columns) c(name)
    group by w.place, w.relation
    order by w.place
  loop
    execute format('update public.%I set %s where %s', v_what.relation, v_what.moved, v_what.is_ahead) using v_bound, v_by;
  end loop;

  perform set_config('plumbline.keeps_updated_at', '', true);
  delete from public.cron_ticks t where t.ticked_at > v_minute;
  perform internal.note_next_due(s.slot, now()) from public.schedule_slots s order by s.slot;
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

-- schedule/functions/run_slot.sql
create or replace function internal.run_slot(p_slot text, p_date date, p_time time, p_now timestamptz, p_made_up boolean) returns text
language plpgsql set search_path = ''
as $$
declare
  v_slot public.schedule_slots;
  v_before public.slot_runs;
  v_due_at timestamptz := internal.new_york_time(p_date, p_time);
  v_began timestamptz := clock_timestamp();
  v_closed text;
  v_status text := 'done';
  v_reason text;
  v_detail text;
  v_result jsonb;
begin
  -- Another tick is at it, or reconcile is: they do it once between them.
  if not pg_try_advisory_xact_lock(hashtextextended(format('plumbline.slot:%s:%s:%s', p_slot, p_date, p_time), 0)) then
    return 'busy';
  end if;
  select r.* into v_before from public.slot_runs r where (r.slot, r.slot_date, r.local_time) = (p_slot, p_date, p_time);
  -- A tick in time of what was noted as missed: the clock was ahead when it was noted.
  if v_before.status is not null and v_before.finished_at <= internal.clock_bound() and v_before.status not in ('unfinished', case when p_made_up then 'failed' else 'missed' end) then
    return v_before.status;
  end if;

  begin
    select s.* into strict v_slot from public.schedule_slots s where s.slot = p_slot;
    if v_slot.days = 'sessions' then
      v_closed := internal.closed_because(p_date);
    end if;
    if v_closed is not null then
      v_status := 'skipped';
      v_reason := v_closed;
    elsif not v_slot.active then
      v_status := 'skipped';
      v_reason := format('paused: %s', v_slot.paused_because);
    else
      v_result := internal.perform_slot(v_slot, p_date, p_time, p_now);
      if v_result ? 'skipped' then
        v_status := 'skipped';
        v_reason := v_result ->> 'skipped';
        v_result := null;
      elsif v_result -> 'more' = 'true' then
        v_status := 'unfinished';
        v_reason := 'stopped for the time it took; goes on within a minute';
      elsif p_made_up then
        v_reason := format('made up for %s minutes after its time', floor(extract(epoch from p_now - v_due_at) / 60));
      end if;
    end if;
  -- others leaves out what a timeout or an operator cancels, and a failed assertion: that would take reconcile's other work with it,
  -- every time anew.
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_status := 'failed';
    v_reason := format('%s (SQLSTATE %s)', sqlerrm, sqlstate);
    v_result := null;
    perform internal.record_cron_error(p_slot, v_reason, sqlstate, v_detail);
  end;

  insert into public.slot_runs as r (
    slot, slot_date, local_time, due_at, status, reason, result, made_up, started_at, finished_at)
  values (p_slot, p_date, p_time, v_due_at, v_status, v_reason, v_result, p_made_up, v_began, clock_timestamp())
  on conflict (slot, slot_date, local_time) do update set
    status = excluded.status, reason = excluded.reason, result = excluded.result, attempts = r.attempts + (r.status <> 'unfinished')::integer,
    made_up = excluded.made_up, started_at = case when r.status = 'unfinished' then r.started_at else excluded.started_at end,
    finished_at = excluded.finished_at;
  perform internal.note_next_due(p_slot, p_now);
  return v_status;
end
$$;
comment on function internal.run_slot(text, date, time, timestamptz, boolean) is
  'Runs a slot of a date and time once and records what became of it, an error also in errors; returns the status, of an earlier run if there '
  'was one (a failed one is tried again when p_made_up, one noted as missed runs when not, an unfinished one goes on; one that was finished in '
  'the future does not count), or busy while '
  'another transaction is at it.';
revoke execute on function internal.run_slot(text, date, time, timestamptz, boolean) from public;

-- schedule/functions/tick_job.sql
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
    update public.schedule_slots s set active_since = p_now where p_job = 'reconcile';
    perform internal.note_next_due(s.slot, p_now) from public.schedule_slots s where p_job = 'reconcile';
    return jsonb_build_object('skipped', 'Vault has no project_url');
  end if;
  -- Ticks of a later hour: the clock was set back, and their minutes come once more.
  if exists (select from public.cron_ticks t where t.job = p_job and t.ticked_at > v_minute + interval '10 minutes') then
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
