-- What cron calls: ticks of slots, ticks of the jobs that run every few minutes, and reconcile, which watches both.

create function internal.perform_slot(p_slot text, p_date date, p_time time, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_result jsonb;
begin
  if p_slot in ('forecast', 'validate', 'check_divergence') and internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('skipped', 'publishing_enabled is false');
  end if;
  case p_slot
    when 'ingest' then
      v_result := public.plan_ingestion(format('slot:%s:%s', p_date, to_char(p_time, 'HH24:MI')));
      if v_result ->> 'run_id' is null then
        return jsonb_build_object('skipped', coalesce(v_result ->> 'reason', 'nothing was planned'));
      end if;
    when 'score' then
      v_result := jsonb_build_object('scored', internal.score_outcomes());
    when 'forecast' then
      v_result := jsonb_build_object('forecasts', internal.plan_forecasts());
    when 'validate' then
      v_result := jsonb_build_object('windows', internal.plan_validations(null));
    when 'check_divergence' then
      v_result := jsonb_build_object('checks', internal.plan_divergence_checks(p_date));
    when 'canary_report' then
      v_result := internal.report_canary(p_date, p_time);
    when 'purge' then
      v_result := internal.purge(p_now);
  end case;
  -- Dispatch asks for the workers within a minute. Asking takes a lock that must be a transaction's last: here others may follow.
  return v_result;
end
$$;
comment on function internal.perform_slot(text, date, time, timestamptz) is
  'Does what a slot is for; {skipped: reason} when there is nothing that could be done.';
revoke execute on function internal.perform_slot(text, date, time, timestamptz) from public;

create function internal.run_slot(p_slot text, p_date date, p_time time, p_now timestamptz, p_made_up boolean) returns text
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
  v_result jsonb;
begin
  -- Another tick is at it, or reconcile is: they do it once between them.
  if not pg_try_advisory_xact_lock(hashtextextended(format('plumbline.slot:%s:%s:%s', p_slot, p_date, p_time), 0)) then
    return 'busy';
  end if;
  select r.* into v_before from public.slot_runs r where (r.slot, r.slot_date, r.local_time) = (p_slot, p_date, p_time);
  -- A tick in time of what was noted as missed: the clock was ahead when it was noted.
  if v_before.status is not null and not (v_before.status = case when p_made_up then 'failed' else 'missed' end) then
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
      v_result := internal.perform_slot(p_slot, p_date, p_time, p_now);
      if v_result ? 'skipped' then
        v_status := 'skipped';
        v_reason := v_result ->> 'skipped';
        v_result := null;
      elsif p_made_up then
        v_reason := format('made up for %s minutes after its time', floor(extract(epoch from p_now - v_due_at) / 60));
      end if;
    end if;
  -- others leaves out what a timeout or an operator cancels: that would take reconcile's other work with it, every time anew.
  exception when query_canceled or others then
    v_status := 'failed';
    v_reason := format('%s (SQLSTATE %s)', sqlerrm, sqlstate);
    v_result := null;
  end;

  insert into public.slot_runs as r (
    slot, slot_date, local_time, due_at, status, reason, result, made_up, started_at, finished_at)
  values (p_slot, p_date, p_time, v_due_at, v_status, v_reason, v_result, p_made_up, v_began, clock_timestamp())
  on conflict (slot, slot_date, local_time) do update set
    status = excluded.status, reason = excluded.reason, result = excluded.result, attempts = r.attempts + 1,
    made_up = excluded.made_up, started_at = excluded.started_at, finished_at = excluded.finished_at;
  perform internal.note_next_due(p_slot, p_now);
  return v_status;
end
$$;
comment on function internal.run_slot(text, date, time, timestamptz, boolean) is
  'Runs a slot of a date and time once and records what became of it; returns the status, of an earlier run if there was one (a failed one '
  'is tried again when p_made_up, one noted as missed runs when not), or busy while another transaction is at it.';
revoke execute on function internal.run_slot(text, date, time, timestamptz, boolean) from public;

create function internal.tick_slot(p_slot text, p_now timestamptz default now()) returns text
language plpgsql set search_path = ''
as $$
declare
  v_today date := (p_now at time zone 'America/New_York')::date;
  v_due record;
begin
  -- Ten minutes: cron may be late, and the tick meant for the other offset from UTC is an hour away.
  select t.slot_date, t.local_time into v_due
  from internal.slot_times(v_today, v_today) t
  where t.slot = p_slot and p_now >= t.due_at and p_now < t.due_at + interval '10 minutes'
  order by t.due_at desc
  limit 1;
  if v_due.slot_date is null then
    return null;
  end if;
  return internal.run_slot(p_slot, v_due.slot_date, v_due.local_time, p_now, false);
end
$$;
comment on function internal.tick_slot(text, timestamptz) is
  'Cron''s tick of a slot: runs it when its time in New York has come within the last ten minutes, and otherwise does nothing (null).';
revoke execute on function internal.tick_slot(text, timestamptz) from public;

drop function internal.reconcile();

create function internal.reconcile(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_today date := (p_now at time zone 'America/New_York')::date;
  v_due record;
  v_status text;
  v_slots jsonb := '{}';
  v_jobs jsonb := internal.reconcile_jobs();
begin
  for v_due in
    -- Not ticked within a quarter of an hour.
    select t.slot, t.slot_date, t.local_time, t.due_at,
      t.closed_because is not null or not s.active or p_now <= t.due_at + s.make_up_within as still_runs
    from internal.slot_times(v_today - 7, v_today) t
    join public.schedule_slots s on s.slot = t.slot
    where t.due_at >= s.active_since and t.due_at < p_now - interval '15 minutes'
      and not exists (
        select from public.slot_runs r
        where (r.slot, r.slot_date, r.local_time) = (t.slot, t.slot_date, t.local_time))
    union all
    -- Failed, and worth another try.
    select r.slot, r.slot_date, r.local_time, r.due_at, true
    from public.slot_runs r
    join public.schedule_slots s on s.slot = r.slot
    where r.status = 'failed' and r.attempts < (internal.setting('slot_attempts') #>> '{}')::integer
      and r.due_at > p_now - interval '1 day' and p_now <= r.due_at + s.make_up_within
    order by 4, 1
  loop
    if v_due.still_runs then
      v_status := internal.run_slot(v_due.slot, v_due.slot_date, v_due.local_time, p_now, true);
    else
      v_status := 'missed';
      insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, started_at, finished_at)
      values (v_due.slot, v_due.slot_date, v_due.local_time, v_due.due_at, 'missed', format(
        'no tick came; noticed %s minutes after its time, too late to make up for it',
        floor(extract(epoch from p_now - v_due.due_at) / 60)), clock_timestamp(), clock_timestamp())
      on conflict (slot, slot_date, local_time) do nothing;
    end if;
    v_slots := v_slots || jsonb_build_object(
      format('%s %s %s', v_due.slot, v_due.slot_date, to_char(v_due.local_time, 'HH24:MI')), v_status);
  end loop;
  perform internal.note_next_due(s.slot, p_now) from public.schedule_slots s order by s.slot;

  return v_jobs || jsonb_build_object('slots', v_slots,
    'workers', internal.request_workers((internal.setting('max_workers') #>> '{}')::integer));
end
$$;
comment on function internal.reconcile(timestamptz) is
  'Every five minutes: ends or revives stalled jobs, makes up for slots whose tick did not come or failed, notes those that it is too late '
  'for as missed, and asks for workers. Looks back seven days.';
revoke execute on function internal.reconcile(timestamptz) from public;

create function internal.tick_job(p_job text, p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_minute timestamptz := date_trunc('minute', p_now, 'UTC');
  v_result jsonb;
  v_error text;
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
    end case;
  exception when others then
    v_error := format('%s (SQLSTATE %s)', sqlerrm, sqlstate);
    raise warning 'plumbline-%: %', p_job, v_error;
  end;
  update public.cron_ticks set result = v_result, error = v_error where job = p_job and ticked_at = v_minute;
  return coalesce(v_result, jsonb_build_object('error', v_error));
end
$$;
comment on function internal.tick_job(text, timestamptz) is
  'Cron''s tick of dispatch, reconcile, plan or outcomes: records it, does the work once a minute at most, and records an error instead of '
  'losing the tick with it.';
revoke execute on function internal.tick_job(text, timestamptz) from public;

create function public.pause_slot(p_slot text, p_reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  if p_reason is null or btrim(p_reason) = '' then
    perform internal.refuse(400, 'no_reason', 'a pause needs its reason: it is what skipped slots will say');
  end if;
  update public.schedule_slots set active = false, paused_because = btrim(p_reason) where slot = p_slot;
  if not found then
    perform internal.refuse(404, 'unknown_slot', format('there is no slot named %s', p_slot));
  end if;
  return jsonb_build_object('slot', p_slot, 'active', false);
end
$$;
comment on function public.pause_slot(text, text) is
  'Pauses a slot: its times are recorded as skipped, with the reason, until resume_slot. Raises no_reason, unknown_slot.';
revoke execute on function public.pause_slot(text, text) from public, anon, authenticated;
grant execute on function public.pause_slot(text, text) to service_role;

create function public.resume_slot(p_slot text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  update public.schedule_slots set active = true, paused_because = null where slot = p_slot;
  if not found then
    perform internal.refuse(404, 'unknown_slot', format('there is no slot named %s', p_slot));
  end if;
  return jsonb_build_object('slot', p_slot, 'active', true);
end
$$;
comment on function public.resume_slot(text) is 'Resumes a paused slot from its next time on. Raises unknown_slot.';
revoke execute on function public.resume_slot(text) from public, anon, authenticated;
grant execute on function public.resume_slot(text) to service_role;

create function public.retry_slot(p_slot text, p_date date, p_time time) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_status text;
begin
  -- Before looking: what another transaction is at may be done in a moment.
  if not pg_try_advisory_xact_lock(hashtextextended(format('plumbline.slot:%s:%s:%s', p_slot, p_date, p_time), 0)) then
    return 'busy';
  end if;
  select r.status into v_status from public.slot_runs r where (r.slot, r.slot_date, r.local_time) = (p_slot, p_date, p_time);
  if v_status is null then
    perform internal.refuse(404, 'unknown_slot_run', format('%s has no row for %s %s', p_slot, p_date, p_time));
  elsif v_status not in ('failed', 'missed') then
    perform internal.refuse(409, 'not_failed', format('%s of %s %s is %s: only a failed or missed one is run again', p_slot, p_date,
      p_time, v_status));
  end if;
  update public.slot_runs set status = 'failed' where (slot, slot_date, local_time) = (p_slot, p_date, p_time);
  return internal.run_slot(p_slot, p_date, p_time, now(), true);
end
$$;
comment on function public.retry_slot(text, date, time) is
  'Runs a failed or missed slot again, now, whatever its attempts and age; returns its new status, or busy while another '
  'transaction is at it. Raises unknown_slot_run, not_failed.';
revoke execute on function public.retry_slot(text, date, time) from public, anon, authenticated;
grant execute on function public.retry_slot(text, date, time) to service_role;

create or replace function internal.schedule_all() returns void
language plpgsql set search_path = ''
as $$
declare
  v_job record;
  v_names text[] := '{}';
begin
  for v_job in
    select 'plumbline-' || j.job as name, j.schedule, format('select internal.tick_job(%L)', j.job) as command
    from (values
      ('dispatch', '* * * * *'),
      -- Off the full hour, when the slots tick: at most eight jobs run at once.
      ('reconcile', '2-57/5 * * * *'),
      ('plan', '4-49/15 * * * *'),
      ('outcomes', '9-54/15 * * * *')
    ) j(job, schedule)
    union all
    -- New York is four or five hours behind UTC. A tick at a minute or an hour that is not the slot's does nothing.
    select 'plumbline-' || replace(s.slot, '_', '-'),
      format('%s %s * * *', array_to_string(array_agg(distinct extract(minute from t.at)::integer), ','),
        array_to_string(array_agg(distinct (extract(hour from t.at)::integer + o.behind) % 24), ',')),
      format('select internal.tick_slot(%L)', s.slot)
    from public.schedule_slots s
    cross join lateral (
      select unnest(s.local_times) as at
      union
      select c.close + a.after from unnest(s.after_close) a(after) cross join (values ('16:00'::time), ('13:00')) c(close)
    ) t
    cross join (values (4), (5)) o(behind)
    group by s.slot
  loop
    perform cron.schedule(v_job.name, v_job.schedule, v_job.command);
    v_names := v_names || v_job.name;
  end loop;
  perform cron.unschedule(j.jobname::text) from cron.job j where j.jobname like 'plumbline-%' and j.jobname <> all (v_names);
  perform internal.note_next_due(s.slot, now()) from public.schedule_slots s;
end
$$;
comment on function internal.schedule_all() is
  'Makes or updates the named cron jobs (times are UTC, each slot at both of New York''s offsets) and removes those of ours that are no '
  'more. Repeating it changes nothing.';

select internal.schedule_all();
