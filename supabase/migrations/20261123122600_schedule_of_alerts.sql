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
comment on column public.cron_ticks.job is 'dispatch, alerts, reconcile, plan or outcomes.';

create or replace function internal.perform_slot(p_slot text, p_date date, p_time time, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_key text := format('slot:%s:%s', p_date, to_char(p_time, 'HH24:MI'));
  v_result jsonb;
begin
  if p_slot in ('forecast', 'validate', 'check_divergence') and internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('skipped', 'publishing_enabled is false');
  end if;
  case p_slot
    when 'ingest' then
      v_result := public.plan_ingestion(v_key);
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
    when 'evaluate_rollout' then
      v_result := internal.plan_evaluation(v_key);
    when 'canary_report' then
      v_result := internal.report_canary(p_date, p_time, p_now);
    when 'measure_health' then
      v_result := public.measure_queries();
    when 'purge' then
      v_result := internal.purge(p_now);
  end case;
  -- Dispatch asks for the workers within a minute. Asking takes a lock that must be a transaction's last: here others may follow.
  return v_result;
end
$$;

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
      ('alerts', '* * * * *'),
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

insert into public.schedule_slots (slot, local_times, after_close, days, calls, make_up_within, description) values
  ('measure_health', '{07:40, 11:40, 17:40}', '{}', 'sessions', 'public.measure_queries()', '1 hour',
   'Measures what the monitoring queries and a claim take, before each evaluation.');
select internal.schedule_all();
