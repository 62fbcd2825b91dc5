-- What the schedule, its upkeep and evaluations leave behind beside their runs.
create temporary table kept on commit drop as
select k.key as name, greatest(p.at - make_interval(days => (k.value #>> '{}')::integer), f.began) as since
from simulated.plan p
cross join jsonb_each(internal.setting('retention_days')) k
cross join (select min(s.close) - interval '6 hours' as began from simulated.session s where s.place >= 0) f;

-- The evaluations of the rollout that runs, three a session.
create temporary table evaluated on commit drop as
select r.id as rollout_id, r.stage, v.at, k.key, md5(k.key)::uuid as run_id
from public.rollouts r
join simulated.session s on s.place between 0 and (select p.sessions - 1 from simulated.plan p)
cross join simulated.plan p
cross join unnest('{07:45, 11:45, 17:45}'::time[]) t(local_time)
cross join lateral (select internal.new_york_time(s.session_date, t.local_time) as at) v
cross join lateral (
  select format('rollout_evaluation:%s:%s:slot:%s:%s', r.id, r.stage, s.session_date, to_char(t.local_time, 'HH24:MI')) as key
) k
where r.status = 'running' and v.at between r.stage_started_at and p.at - interval '5 minutes';
insert into public.runs (id, kind, status, idempotency_key, requested_via, params, code_version, jobs_total, jobs_done, created_at, started_at, finished_at)
select e.run_id, 'rollout_evaluation', 'succeeded', e.key, 'schedule', jsonb_build_object('symbols', '[]'::jsonb, 'rollout_id', e.rollout_id, 'stage',
  e.stage), p.code_version, 1, 1, e.at, e.at + interval '5 seconds', e.at + interval '1 minute'
from pg_temp.evaluated e cross join simulated.plan p order by e.at;
insert into public.jobs (run_id, kind, idempotency_key, payload, priority, status, attempts, steps, progress, run_after, created_at, updated_at,
  finished_at, result)
select e.run_id, 'evaluate_rollout', format('%s:evaluate_rollout:%s', e.run_id, e.rollout_id), jsonb_build_object('rollout_id', e.rollout_id, 'stage',
  e.stage), 15, 'succeeded', 1, 0, 1, e.at, e.at, e.at, e.at + interval '1 minute', '{"verdict": "insufficient", "rolled_back": false}'
from pg_temp.evaluated e order by e.at;
insert into public.rollout_evaluations (rollout_id, stage, evaluated_at, evidence_at, verdict, status_line, criteria, code_version)
select e.rollout_id, e.stage, e.at + interval '1 minute', e.at + interval '1 minute', 'insufficient', 'all in all: insufficient', (
    select jsonb_agg(jsonb_build_object('criterion', c.name, 'verdict', case c.name when 'duration' then 'insufficient' else 'pass' end, 'n', 5,
      'figures', '{"ratio": 1.002, "lower": 0.98, "upper": 1.03}'::jsonb, 'sentence', format('%s: as it should be.', c.name), 'bars_needed', null))
    from unnest('{duration, forecast_coverage, divergence, rmse, crps, errors, database_health, interval_coverage, tests, approvals}'::text[]) c(name)),
  p.code_version
from pg_temp.evaluated e cross join simulated.plan p order by e.at;

-- Slots and reports.
insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, result, started_at, finished_at)
select t.slot, t.slot_date, t.local_time, t.due_at, case when t.closed_because is null then 'done' else 'skipped' end, t.closed_because,
  case when t.closed_because is null then '{"planned": 1, "left_out": []}'::jsonb end, t.due_at, t.due_at + interval '2 seconds'
from simulated.plan p
join pg_temp.kept k on k.name = 'slot_runs'
cross join internal.slot_times(k.since::date - 1, p.at::date + 1) t
where t.due_at between k.since and p.at
order by t.due_at;
insert into public.canary_reports (report_date, report_time, issued_at, since, status, symbols, session_date, forecasts_expected, forecasts_there,
  forecasts_missing, symbols_without_bars, alerts_open, alerts, jobs_dead, runs_failed, outcomes_scored, windows_known, largest_divergence,
  largest_divergence_of, lines)
select s.session_date, t.local_time, v.at, v.at - interval '6 hours', 'attention', c.symbols, s.session_date, 2 * cardinality(c.symbols),
  2 * cardinality(c.symbols), '[]', '{}', 1, '{"warning": 1}', 0, 0, 2 * cardinality(c.symbols), 2 * cardinality(c.symbols), 0.14,
  c.symbols[1] || ' 1D candidate', array['forecasts of the session: all there', 'alerts open: 1 (1 warning)', 'largest divergence: 14.0 %']
from simulated.session s
cross join simulated.plan p
cross join unnest('{08:00, 12:00, 18:00}'::time[]) t(local_time)
cross join lateral (select internal.new_york_time(s.session_date, t.local_time) as at) v
cross join (select array_agg(x.symbol order by x.symbol) as symbols from public.symbols x where x.active and x.stage = 'canary') c
join pg_temp.kept k on k.name = 'canary_reports'
where s.place >= 0 and v.at between k.since and p.at
order by v.at;

-- Ticks, the record of cron itself, requests for workers, timings.
select simulated.tick_quietly(min(k.since), p.at)
from simulated.plan p cross join pg_temp.kept k where k.name in ('cron_ticks', 'cron_history') group by p.at;
delete from public.cron_ticks t using pg_temp.kept k where k.name = 'cron_ticks' and t.ticked_at < k.since;
delete from cron.job_run_details d using pg_temp.kept k where k.name = 'cron_history' and d.end_time < k.since;
-- A relay has its function work for up to 50 s; eight at once, as many as max_workers_cap allows.
insert into public.worker_requests (function_name, requested_at, net_request_id, claimed_at, response_status, ended_at)
select w.function_name, w.began - interval '2 seconds', row_number() over (order by w.began, w.place), w.began - interval '1 second', 200, w.ended
from (
  select k.worker as function_name, j.id % 8 as place, min(j.finished_at) as began, max(j.finished_at) as ended
  from pg_temp.kept t
  join public.jobs j on j.finished_at > t.since
  join public.job_kinds k on k.kind = j.kind
  where t.name = 'worker_requests'
  group by k.worker, j.id % 8, date_bin('50 seconds', j.finished_at, '2000-01-01Z')
) w
order by w.began, w.place;
insert into public.query_timings (name, measured_at, duration_ms)
select q.name, v.at + i * interval '1 second', 5 + (hashint8(i) & 7)
from simulated.session s
cross join simulated.plan p
cross join unnest('{07:40, 11:40, 17:40}'::time[]) t(local_time)
cross join lateral (select internal.new_york_time(s.session_date, t.local_time) as at) v
cross join (select m.name from public.monitoring_queries m union all select 'claim') q
cross join generate_series(1, 20) i
where s.place >= 0 and v.at between p.at - interval '30 days' and p.at - interval '5 minutes'
order by v.at;

-- An error of a function every third session, and a divergence alert of a symbol each session, both long over.
insert into public.errors (occurred_at, source, code, message, details)
select s.close - interval '3 hours', 'ingest-bars', 'provider_failed', 'The provider answered with status 502', '{"status": 502}'
from simulated.session s
where s.place >= 0 and s.place % 3 = 0 and s.close < (
  select coalesce(min(r.started_at), p.at) - interval '2 days'
  from simulated.plan p left join public.rollouts r on r.status = 'running' group by p.at)
order by s.close;
insert into public.error_alerts (kind, source, code, occurrences, first_seen_at, last_seen_at, opened_at, resolved_at, resolution)
select 'error', e.source, e.code, 1, e.occurred_at, e.occurred_at, e.occurred_at + interval '1 minute', e.occurred_at + interval '1 day',
  'none for 24 hours'
from public.errors e order by e.id;
insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, metrics_id, message, opened_at, resolved_at,
  resolution)
select x.symbol_id, x.symbol, x.horizon, x.hyperparameters ->> 'ensemble', 'overfitting', 0.2, x.divergence, x.id,
  format('Window %s', x.window_id), x.created_at + interval '1 hour', x.created_at + interval '1 day', 'its divergence is below the level again'
from (
  select m.*, row_number() over (partition by m.created_at::date order by m.id) as place
  from public.ensemble_validation_metrics m where m.is_overfitting
) x
where x.place = 1 and x.created_at < (select p.at - interval '2 days' from simulated.plan p)
order by x.created_at;
-- The webhook took them all.
update public.alert_deliveries d
set status = 'delivered', attempts = 1, created_at = a.opened_at, next_attempt_at = a.opened_at, sent_at = a.opened_at + interval '1 minute',
  delivered_at = a.opened_at + interval '2 minutes', response_status = 200
from (
  select x.id as delivery_id, coalesce(v.opened_at, e.opened_at, r.happened_at) as opened_at
  from public.alert_deliveries x
  left join public.divergence_alerts v on v.id = x.divergence_alert_id
  left join public.error_alerts e on e.id = x.error_alert_id
  left join public.rollout_events r on r.id = x.rollout_event_id
) a
where a.delivery_id = d.id;

select internal.note_next_due(s.slot, p.at) from public.schedule_slots s cross join simulated.plan p;

-- Their outcomes are there.
delete from public.outcomes_due;

-- Sessions are filled side by side: one that came after a later one restated nothing.
update public.bar_series b set restated_at = '-infinity', restated_to = null, stored_at = n.stored_at
from (select max(x.stored_at) as stored_at, x.horizon, x.bar_time from simulated.bar x group by x.horizon, x.bar_time) n
where n.horizon = b.timeframe and n.bar_time = b.last_bar_time;
